// SPDX-License-Identifier: GPL-3.0-or-later
//
// What a process gives up for itself and its children: Landlock (landlock(7)) and seccomp (seccomp(2)).

#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

// Of include/uapi/linux/landlock.h in Linux 6.18; Debian's header is older and lacks what came after Linux 6.1.
#define CREATE_RULESET_VERSION 1U
#define RULE_PATH_BENEATH 1
#define RULE_NET_PORT 2

struct ruleset_attributes {
    uint64_t handled_access_fs;
    uint64_t handled_access_net;
    uint64_t scoped;
};

struct path_beneath_attributes {
    uint64_t allowed_access;
    int32_t parent_fd;
} __attribute__((packed));

struct net_port_attributes {
    uint64_t allowed_access;
    uint64_t port;
};

// The same on all architectures since Linux 5.13.
#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_add_rule 445
#define SYS_landlock_restrict_self 446
#endif

int tsm_landlock_version(void)
{
    return (int)syscall(SYS_landlock_create_ruleset, NULL, 0, CREATE_RULESET_VERSION);
}

int tsm_landlock_create(uint64_t files, uint64_t network, uint64_t scopes)
{
    struct ruleset_attributes attributes = {files, network, scopes};
    // What an older kernel does not know has to be zero, and is not looked at then.
    return (int)syscall(SYS_landlock_create_ruleset, &attributes, sizeof attributes, 0);
}

int tsm_landlock_allow_place(int rules, int place, uint64_t rights)
{
    struct path_beneath_attributes attributes = {rights, place};
    return (int)syscall(SYS_landlock_add_rule, rules, RULE_PATH_BENEATH, &attributes, 0);
}

int tsm_landlock_allow_port(int rules, uint16_t port, uint64_t rights)
{
    struct net_port_attributes attributes = {rights, port};
    return (int)syscall(SYS_landlock_add_rule, rules, RULE_NET_PORT, &attributes, 0);
}

int tsm_landlock_enforce(int rules)
{
    return (int)syscall(SYS_landlock_restrict_self, rules, 0);
}

int tsm_open_place(const char *path)
{
    return open(path, O_PATH | O_CLOEXEC);
}

/// Capabilities of root that nothing of ours needs and that lead past files: into the kernel and its memory, into other
/// processes, and to users, networks, clocks and logs (capabilities(7)). Drives take CAP_SYS_ADMIN.
static const unsigned char dropped[] = {
    CAP_SETPCAP, CAP_LINUX_IMMUTABLE, CAP_NET_ADMIN, CAP_NET_RAW, CAP_IPC_OWNER, CAP_SYS_MODULE, CAP_SYS_RAWIO,
    CAP_SYS_CHROOT, CAP_SYS_PACCT, CAP_SYS_BOOT, CAP_SYS_TIME, CAP_SYS_TTY_CONFIG, CAP_MKNOD, CAP_AUDIT_WRITE,
    CAP_AUDIT_CONTROL, CAP_SETFCAP, CAP_MAC_OVERRIDE, CAP_MAC_ADMIN, CAP_SYSLOG, CAP_WAKE_ALARM,
    CAP_BLOCK_SUSPEND, CAP_AUDIT_READ, CAP_PERFMON, CAP_BPF,
};

int tsm_give_up_privileges(void)
{
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3];
    if (syscall(SYS_capget, &header, sets) == 0) {
        for (size_t index = 0; index < sizeof dropped; index++) {
            struct __user_cap_data_struct *set = &sets[CAP_TO_INDEX(dropped[index])];
            set->effective &= ~CAP_TO_MASK(dropped[index]);
            set->permitted &= ~CAP_TO_MASK(dropped[index]);
            set->inheritable &= ~CAP_TO_MASK(dropped[index]);
            // What root starts would have them again.
            prctl(PR_CAPBSET_DROP, dropped[index], 0, 0, 0);
        }
        if (syscall(SYS_capset, &header, sets) != 0)
            return -1;
    }
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

int tsm_hide_memory(void)
{
    return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

// MARK: System calls

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#else
#error "the filter of system calls does not know this processor"
#endif

/// What nothing of ours ever calls: programs and threads of others, the kernel itself, mounts, users and keys.
static const int forbidden[] = {
    SYS_ptrace, SYS_process_vm_readv, SYS_process_vm_writev, SYS_kcmp,
    SYS_kexec_load, SYS_init_module, SYS_finit_module, SYS_delete_module, SYS_reboot, SYS_syslog, SYS_acct,
    SYS_swapon, SYS_swapoff, SYS_quotactl, SYS_settimeofday, SYS_clock_settime, SYS_clock_adjtime, SYS_adjtimex,
    SYS_sethostname, SYS_setdomainname, SYS_vhangup, SYS_nfsservctl, SYS_personality,
    SYS_mount, SYS_pivot_root, SYS_chroot, SYS_setns, SYS_unshare,
    SYS_bpf, SYS_perf_event_open, SYS_userfaultfd,
    SYS_name_to_handle_at, SYS_open_by_handle_at, SYS_fanotify_init, SYS_lookup_dcookie,
    SYS_setuid, SYS_setgid, SYS_setreuid, SYS_setregid, SYS_setresuid, SYS_setresgid, SYS_setgroups, SYS_setfsuid,
    SYS_setfsgid, SYS_capset, SYS_mknodat,
#ifdef SYS_mknod
    SYS_mknod,
#endif
#ifdef SYS_ioperm
    SYS_ioperm,
#endif
#ifdef SYS_iopl
    SYS_iopl,
#endif
#ifdef SYS_modify_ldt
    SYS_modify_ldt,
#endif
#ifdef SYS_uselib
    SYS_uselib,
#endif
#ifdef SYS_kexec_file_load
    SYS_kexec_file_load,
#endif
#ifdef SYS_io_uring_setup
    SYS_io_uring_setup, SYS_io_uring_enter, SYS_io_uring_register,
#endif
#ifdef SYS_pidfd_getfd
    SYS_pidfd_getfd,
#endif
#ifdef SYS_fsopen
    SYS_open_tree, SYS_move_mount, SYS_fsopen, SYS_fsconfig, SYS_fsmount, SYS_fspick,
#endif
#ifdef SYS_mount_setattr
    SYS_mount_setattr,
#endif
#ifdef SYS_process_madvise
    SYS_process_madvise,
#endif
};

/// Keys that the kernel keeps: tickets of Kerberos may be among them.
static const int ofKeys[] = {SYS_add_key, SYS_request_key, SYS_keyctl};

/// What only a server does.
static const int ofServers[] = {SYS_listen, SYS_accept, SYS_accept4};

/// By which programs start.
static const int ofStarting[] = {
    SYS_execve, SYS_execveat,
#ifdef SYS_fork
    SYS_fork, SYS_vfork,
#endif
};

/// Kinds of sockets by which names are looked up and servers are asked (socket(2)).
static const int families[] = {AF_UNIX, AF_INET, AF_INET6, AF_NETLINK};

/// By which a program types for whoever sits at the terminal, or changes what the terminal does: ioctl_tty(2) and
/// ioctl_console(2).
static const unsigned terminalRequests[] = {0x5412 /* TIOCSTI */, 0x541C /* TIOCLINUX */, 0x5423 /* TIOCSETD */};

#define SPACES (CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET)
#define LIMIT 200
#define COUNT(array) (sizeof array / sizeof array[0])

/// A program of classic BPF, as it grows.
struct program {
    struct sock_filter steps[LIMIT];
    unsigned count;
};

static void add(struct program *program, uint16_t code, uint32_t value, uint8_t whenTrue, uint8_t whenFalse)
{
    // Without room the last step stays, which no kernel takes for a whole program.
    if (program->count < LIMIT)
        program->steps[program->count++] = (struct sock_filter){code, whenTrue, whenFalse, value};
}

static void load(struct program *program, size_t offset)
{
    add(program, BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset, 0, 0);
}

static void answer(struct program *program, uint32_t action)
{
    add(program, BPF_RET | BPF_K, action, 0, 0);
}

/// Answers with `error` where what was loaded is `value`.
static void refuse(struct program *program, uint32_t value, int error)
{
    add(program, BPF_JMP | BPF_JEQ | BPF_K, value, 0, 1);
    answer(program, SECCOMP_RET_ERRNO | (uint32_t)error);
}

static void refuseAll(struct program *program, const int *calls, size_t count, int error)
{
    for (size_t index = 0; index < count; index++)
        refuse(program, (uint32_t)calls[index], error);
}

/// The low 32 bits of an argument; both architectures are little-endian.
static size_t argument(unsigned number)
{
    return offsetof(struct seccomp_data, args) + number * sizeof(uint64_t);
}

int tsm_filter_calls(bool starts_programs, bool has_network, bool unmounts)
{
    struct program program = {.count = 0};
    load(&program, offsetof(struct seccomp_data, arch));
    add(&program, BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 1, 0);
    answer(&program, SECCOMP_RET_KILL_PROCESS);
    load(&program, offsetof(struct seccomp_data, nr));
#if defined(__x86_64__)
    // The calls of x32 have numbers of their own (__X32_SYSCALL_BIT).
    add(&program, BPF_JMP | BPF_JGE | BPF_K, 0x40000000, 0, 1);
    answer(&program, SECCOMP_RET_ERRNO | ENOSYS);
#endif
    refuseAll(&program, forbidden, COUNT(forbidden), EPERM);
    refuseAll(&program, ofServers, COUNT(ofServers), EACCES);
    if (!has_network)
        refuseAll(&program, ofKeys, COUNT(ofKeys), EPERM);
    if (!starts_programs)
        refuseAll(&program, ofStarting, COUNT(ofStarting), EACCES);
    if (!unmounts)
        refuse(&program, SYS_umount2, EPERM);
#ifdef SYS_clone3
    // Its flags lie in memory, where a filter cannot look: glibc then takes clone(2).
    refuse(&program, SYS_clone3, ENOSYS);
#endif

    // clone(2): no name spaces, and without leave to start programs nothing but threads.
    add(&program, BPF_JMP | BPF_JEQ | BPF_K, SYS_clone, 0, starts_programs ? 4 : 6);
    load(&program, argument(0));
    add(&program, BPF_JMP | BPF_JSET | BPF_K, SPACES, 0, 1);
    answer(&program, SECCOMP_RET_ERRNO | EPERM);
    if (!starts_programs) {
        add(&program, BPF_JMP | BPF_JSET | BPF_K, CLONE_THREAD, 1, 0);
        answer(&program, SECCOMP_RET_ERRNO | EACCES);
    }
    answer(&program, SECCOMP_RET_ALLOW);

    // ioctl(2): nothing that types for others.
    add(&program, BPF_JMP | BPF_JEQ | BPF_K, SYS_ioctl, 0, 2 + 2 * COUNT(terminalRequests));
    load(&program, argument(1));
    for (size_t index = 0; index < COUNT(terminalRequests); index++)
        refuse(&program, terminalRequests[index], EPERM);
    answer(&program, SECCOMP_RET_ALLOW);

    if (!has_network) {
        refuse(&program, SYS_socket, EACCES);
    } else {
        add(&program, BPF_JMP | BPF_JEQ | BPF_K, SYS_socket, 0, 2 + 2 * COUNT(families));
        load(&program, argument(0));
        for (size_t index = 0; index < COUNT(families); index++) {
            add(&program, BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)families[index], 0, 1);
            answer(&program, SECCOMP_RET_ALLOW);
        }
        answer(&program, SECCOMP_RET_ERRNO | EAFNOSUPPORT);
    }
    answer(&program, SECCOMP_RET_ALLOW);

    struct sock_fprog whole = {(unsigned short)program.count, program.steps};
    return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &whole);
}
