#!/bin/bash
# Builds the media of a manifest as a Slurm array, a part in each task (docs/fleet.md).
#
#   sbatch --array=1-8 slurm-array.sh MANIFEST [FOLDER]
#
# MANIFEST lies under the same path on all nodes, and so does what it names. FOLDER (that of the manifest) gets reports/JOB/TASK.json,
# and record.json, which remembers what was made.
#
#SBATCH --job-name=media
#SBATCH --array=1-4
#SBATCH --time=12:00:00
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --output=%x-%A_%a.log

set -u

manifest=${1:?the manifest is missing: sbatch slurm-array.sh MANIFEST [FOLDER]}
folder=${2:-$(dirname "$manifest")}
reports=$folder/reports/$SLURM_ARRAY_JOB_ID
# How often a task begins again by itself.
restarts=3

mkdir -p "$reports" || exit
tsmedia build "$manifest" --shard auto --record "$folder/record.json" --report "$reports/$SLURM_ARRAY_TASK_ID.json" --progress none
status=$?

# 69 and 74: a server or a disk did not answer. 128 and more: a signal, such as that of a node without memory; 130 was somebody's wish.
if ((status == 69 || status == 74 || (status >= 128 && status != 130))) && ((${SLURM_RESTART_COUNT:-0} < restarts)); then
    printf 'part %s ended with %s and begins again\n' "$SLURM_ARRAY_TASK_ID" "$status"
    # By both numbers: that of the job alone is that of the whole array in one of its tasks. Slurm ends this script then.
    scontrol requeue "${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID" && sleep 120
fi
exit "$status"
