// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only
//
// The little of the kernel that our programs need: integers, the fields that are read, the helpers
// that are called, and macros for reading.
//
// Structures name only the fields that are used. `preserve_access_index` makes the compiler leave a
// relocation for each access; libbpf puts in the offset that the running kernel's own type
// information (/sys/kernel/btf/vmlinux) tells. So neither order nor padding matters here, only names.
// A name that changed between kernels has a second structure `NAME___WORD` (the part after ___ is
// ignored by the relocation) and is chosen by `has_field`.
#ifndef TRAMGAC_KERNEL_H
#define TRAMGAC_KERNEL_H

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef int s32;
typedef long long s64;

#define section(name) __attribute__((section(name), used))
#define inlined static inline __attribute__((always_inline))

// ---- maps: a structure of pointers whose types carry the numbers (BTF-defined maps) ----
#define map_uint(name, value) int(*name)[value]
#define map_type(name, value) typeof(value) *name
#define MAP_PERCPU_ARRAY 6
#define MAP_LRU_HASH 9
#define MAP_RINGBUF 27

// ---- helpers, by their number in include/uapi/linux/bpf.h ----
static void *(*const map_lookup)(void *map, const void *key) = (void *)1;
static long (*const map_update)(void *map, const void *key, const void *value, u64 flags) = (void *)2;
static long (*const map_delete)(void *map, const void *key) = (void *)3;
static u64 (*const current_pid_tgid)(void) = (void *)14;
static u64 (*const current_task)(void) = (void *)35;
static u64 (*const current_cgroup_id)(void) = (void *)80;
static long (*const read_user)(void *to, u32 size, const void *from) = (void *)112;
static long (*const read_kernel)(void *to, u32 size, const void *from) = (void *)113;
static long (*const read_kernel_text)(void *to, u32 size, const void *from) = (void *)115;
static u64 (*const ancestor_cgroup_id)(s32 level) = (void *)123;
static u64 (*const boot_ns)(void) = (void *)125;
static long (*const ring_output)(void *ring, void *data, u64 size, u64 flags) = (void *)130;
static void *(*const ring_reserve)(void *ring, u64 size, u64 flags) = (void *)131;
static void (*const ring_submit)(void *data, u64 flags) = (void *)132;
static u64 (*const ring_query)(void *ring, u64 what) = (void *)134;
#define RING_NO_WAKEUP 1
#define RING_FORCE_WAKEUP 2
#define RING_AVAILABLE 0

// ---- reading ----
// One field, however deep inside the structure that `pointer` points to.
#define get(pointer, field)                                      \
    ({                                                           \
        typeof((pointer)->field) value_;                         \
        read_kernel(&value_, sizeof(value_), &(pointer)->field); \
        value_;                                                  \
    })
// Whether the running kernel's structure has that field.
#define has_field(pointer, field) __builtin_preserve_field_info((pointer)->field, 2)
// Where the running kernel has that field, bytes from the structure's start.
#define offset_of(pointer, field) __builtin_preserve_field_info((pointer)->field, 0)

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

// ---- tasks ----
struct ns_common { u32 inum; };
struct kuid { u32 val; };
struct cred { struct kuid uid, euid; };
struct atomic { s32 counter; };
struct signal_struct { struct atomic live; s32 group_exit_code; u64 sum_sched_runtime; };
struct sched_entity { u64 sum_exec_runtime; };
struct mm_struct { unsigned long arg_start, arg_end; };
struct task_struct {
    s32 pid, tgid, exit_code;
    u64 start_boottime;
    u32 sessionid;
    struct kuid loginuid;
    struct task_struct *real_parent, *group_leader;
    struct cred *cred;
    struct signal_struct *signal;
    struct sched_entity se;
    struct mm_struct *mm;
    struct fs_struct *fs;
};

// ---- files ----
struct qstr { const unsigned char *name; };
struct super_block { u32 s_dev; };
struct dentry { struct dentry *d_parent; struct qstr d_name; };
struct vfsmount { struct dentry *mnt_root; };
struct mount { struct mount *mnt_parent; struct dentry *mnt_mountpoint; struct vfsmount mnt; };
struct path { struct vfsmount *mnt; struct dentry *dentry; };
struct fs_struct { struct path pwd; };
struct timespec64 { s64 tv_sec; long tv_nsec; };
// 6.11 and later.
struct inode {
    unsigned long i_ino;
    u32 i_nlink;
    s64 i_size;
    struct super_block *i_sb;
    s64 i_mtime_sec, i_ctime_sec;
    u32 i_mtime_nsec, i_ctime_nsec;
};
struct inode___v67 { struct timespec64 __i_mtime, __i_ctime; };
struct inode___v66 { struct timespec64 i_mtime, __i_ctime; };
struct inode___v5 { struct timespec64 i_mtime, i_ctime; };
struct file { struct path f_path; struct inode *f_inode; };
struct linux_binprm { struct file *file; s32 argc; };

// ---- sockets ----
struct in6_addr { u8 bytes[16]; };
struct net { struct ns_common ns; };
struct possible_net { struct net *net; };
struct sock_common {
    u16 skc_family, skc_num, skc_dport;
    u32 skc_rcv_saddr, skc_daddr;
    struct in6_addr skc_v6_rcv_saddr, skc_v6_daddr;
    struct possible_net skc_net;
};
struct sock { struct sock_common __sk_common; u16 sk_protocol; };

#pragma clang attribute pop

#define AF_INET 2
#define AF_INET6 10
#define IPPROTO_TCP 6
#define TCP_ESTABLISHED 1
#define TCP_SYN_SENT 2
#define TCP_SYN_RECV 3
#define TCP_CLOSE 7
#define TCP_LISTEN 10
#define TCP_NEW_SYN_RECV 12

#endif
