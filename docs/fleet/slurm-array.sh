#!/bin/bash
# A manifest on the nodes of a Slurm cluster: sbatch slurm-array.sh, in a folder that all nodes have, with media.yaml in it.
# When all tasks have ended: tsmedia report merge reports/*.json
#SBATCH --job-name=media
#SBATCH --array=1-4
#SBATCH --cpus-per-task=2
#SBATCH --requeue
#SBATCH --output=log-%a.txt
set -eu
mkdir -p reports
exec tsmedia build media.yaml --shard auto --record record.json --report "reports/$SLURM_ARRAY_TASK_ID.json"
