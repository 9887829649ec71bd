// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only
//
// Programs in the kernel: processes (exec, fork, exit) and TCP connections (made, failed, accepted).
// They filter, copy what will be gone a moment later, say who did it, and count what they could not
// hand over. Everything else is done outside. Records: decode.py, which must agree with `struct head`
// and what follows it.
#include "kernel.h"

// The kernel lets only programs under the GPL read its memory and use the ring.
char terms[] section("license") = "GPL";

// ---- settings, written by the loader before the kernel verifies the programs ----
struct settings {
    // Id of the control group at or below which processes are looked at; 0: all of them.
    u64 scope_cgroup;
    // Bytes in the ring above which the reader is woken before its time.
    u64 wake_at;
    // Depth of that group below the root of the hierarchy.
    s32 scope_level;
    // The sensor process itself: only what a canary does is of interest.
    u32 own_tgid;
};
const volatile struct settings settings = {};

enum kind { FORK = 1, EXEC, EXIT, CONNECTED, FAILED, ACCEPTED, KINDS };
enum flag { TRUNCATED = 1, NO_ARGUMENTS = 2, OWN = 8 };

struct head {
    u32 kind, flags;
    u64 at, start, parent_start, cgroup;
    u32 pid, parent_pid, uid, euid, login_uid, session;
};

#define ARGUMENTS 8192
#define PATH 4096
#define NAME 256
struct exec {
    struct head head;
    u64 inode, modified, changed, size;
    u32 device, links, args_count, arguments_len, executable_len, directory_len;
    char text[ARGUMENTS + 2 * PATH];
};
struct exit {
    struct head head;
    u64 cpu;
    u32 code, pad;
};
struct connection {
    struct head head;
    u64 asked; // when its owner began to connect or to listen; 0 if not known
    u16 family, local_port, remote_port, pad;
    u8 local[16], remote[16];
};

struct {
    map_uint(type, MAP_RINGBUF);
    map_uint(max_entries, 1 << 21);
} ring section(".maps");

// counters[2 * kind]: handed over; counters[2 * kind + 1]: lost because the ring was full.
struct {
    map_uint(type, MAP_PERCPU_ARRAY);
    map_uint(max_entries, 2 * KINDS);
    map_type(key, u32);
    map_type(value, u64);
} counters section(".maps");

// An exec record is too big for the stack. The kernel does not run a tracepoint program within
// itself on one processor (it counts that as a miss), so one buffer each is enough. `end` lies here
// and not in a register so that the verifier takes it for any number, and a loop for one step.
struct buffer {
    u32 end, pad;
    struct exec exec;
};
struct {
    map_uint(type, MAP_PERCPU_ARRAY);
    map_uint(max_entries, 1);
    map_type(key, u32);
    map_type(value, struct buffer);
} scratch section(".maps");

inlined void count(u32 kind, long failed) {
    u32 key = 2 * kind + (failed ? 1 : 0);
    u64 *value = map_lookup(&counters, &key);
    if (value) (*value)++;
}

// The reader comes by itself every few milliseconds; waking it for each record would cost more than
// all else together. It is woken only when the ring fills up.
inlined u64 wake(void) {
    return ring_query(&ring, RING_AVAILABLE) > settings.wake_at ? RING_FORCE_WAKEUP : RING_NO_WAKEUP;
}

inlined int in_scope(void) {
    return !settings.scope_cgroup || ancestor_cgroup_id(settings.scope_level) == settings.scope_cgroup;
}

inlined int is_own(void) {
    return (current_pid_tgid() >> 32) == settings.own_tgid;
}

inlined void describe(struct head *h, u32 kind, u32 flags, struct task_struct *task) {
    struct task_struct *parent = get(task, real_parent);
    struct cred *cred = get(task, cred);
    h->kind = kind;
    h->flags = flags;
    h->at = boot_ns();
    h->start = get(get(task, group_leader), start_boottime);
    h->parent_start = get(get(parent, group_leader), start_boottime);
    h->cgroup = current_cgroup_id();
    h->pid = get(task, tgid);
    h->parent_pid = get(parent, tgid);
    h->uid = get(cred, uid.val);
    h->euid = get(cred, euid.val);
    h->login_uid = has_field(task, loginuid) ? get(task, loginuid.val) : ~0u;
    h->session = has_field(task, sessionid) ? get(task, sessionid) : ~0u;
}

// ---- processes ----

// Appends the names of a path, last first, each with its 0, and says how many bytes that made.
// `limit` is where this path's room ends.
inlined u32 append_path(struct buffer *b, u32 limit, struct path *path) {
    u32 begin = b->end;
    struct dentry *dentry = path->dentry;
    struct dentry *root = get(path->mnt, mnt_root);
    struct mount *mount = (void *)path->mnt - offset_of((struct mount *)0, mnt);
    for (int i = 0; i < 96; i++) {
        struct dentry *parent = get(dentry, d_parent);
        if (dentry == root) {
            struct mount *above = get(mount, mnt_parent);
            if (above == mount) return b->end - begin; // the root of all mounts
            dentry = get(mount, mnt_mountpoint);
            mount = above;
            root = get(mount, mnt.mnt_root);
            continue;
        }
        u32 at = b->end;
        if (at > limit - NAME) break;
        long length = read_kernel_text(b->exec.text + at, NAME, get(dentry, d_name.name));
        if (length < 0) return b->end - begin;
        b->end = at + length;
        if (dentry == parent) return b->end - begin; // hangs in no tree, such as a memfd: the name is all there is
        dentry = parent;
    }
    b->exec.head.flags |= TRUNCATED;
    return b->end - begin;
}

inlined void describe_file(struct exec *e, struct inode *inode) {
    e->inode = get(inode, i_ino);
    e->links = get(inode, i_nlink);
    e->size = get(inode, i_size);
    e->device = get(get(inode, i_sb), s_dev);
    if (has_field(inode, i_mtime_sec)) {
        e->modified = get(inode, i_mtime_sec) * 1000000000ULL + get(inode, i_mtime_nsec);
        // The highest bit says that somebody has looked at the time (multigrain timestamps).
        e->changed = get(inode, i_ctime_sec) * 1000000000ULL + (get(inode, i_ctime_nsec) & 0x7fffffff);
        return;
    }
    struct inode___v67 *v67 = (void *)inode;
    struct inode___v66 *v66 = (void *)inode;
    struct inode___v5 *v5 = (void *)inode;
    struct timespec64 modified, changed;
    modified = has_field(v67, __i_mtime) ? get(v67, __i_mtime) : get(v5, i_mtime);
    changed = has_field(v66, __i_ctime) ? get(v66, __i_ctime) : get(v5, i_ctime);
    e->modified = modified.tv_sec * 1000000000ULL + modified.tv_nsec;
    e->changed = changed.tv_sec * 1000000000ULL + changed.tv_nsec;
}

inlined u32 append_arguments(struct buffer *b, struct mm_struct *mm) {
    unsigned long start = get(mm, arg_start);
    unsigned long length = get(mm, arg_end) - start;
    if (length > ARGUMENTS) {
        length = ARGUMENTS;
        b->exec.head.flags |= TRUNCATED;
    }
    if (read_user(b->exec.text, length, (void *)start)) {
        b->exec.head.flags |= NO_ARGUMENTS;
        return 0;
    }
    b->end = length;
    return length;
}

// TP_PROTO(struct task_struct *p, pid_t old_pid, struct linux_binprm *bprm)
section("tp_btf/sched_process_exec") int on_exec(u64 *args) {
    struct task_struct *task = (void *)args[0];
    struct linux_binprm *binary = (void *)args[2];
    // What the sensor itself starts is a canary and passes in any scope.
    int own = (u32)get(get(task, real_parent), tgid) == settings.own_tgid;
    if (!own && !in_scope()) return 0;
    u32 zero = 0;
    struct buffer *b = map_lookup(&scratch, &zero);
    if (!b) return 0;
    struct exec *e = &b->exec;
    b->end = 0;
    describe(&e->head, EXEC, own ? OWN : 0, task);
    struct file *file = get(binary, file);
    describe_file(e, get(file, f_inode));
    e->args_count = get(binary, argc);
    e->arguments_len = append_arguments(b, get(task, mm));
    struct path path = get(file, f_path);
    e->executable_len = append_path(b, ARGUMENTS + PATH, &path);
    struct path directory = get(get(task, fs), pwd);
    e->directory_len = append_path(b, ARGUMENTS + 2 * PATH, &directory);
    u64 end = b->end;
    if (end > sizeof(e->text)) return 0;
    count(EXEC, ring_output(&ring, e, __builtin_offsetof(struct exec, text) + end, wake()));
    return 0;
}

// TP_PROTO(struct task_struct *parent, struct task_struct *child)
section("tp_btf/sched_process_fork") int on_fork(u64 *args) {
    struct task_struct *child = (void *)args[1];
    if (is_own() || !in_scope()) return 0;
    if (get(child, pid) != get(child, tgid)) return 0; // a thread
    struct head *h = ring_reserve(&ring, sizeof(*h), 0);
    count(FORK, !h);
    if (!h) return 0;
    describe(h, FORK, 0, child);
    ring_submit(h, wake());
    return 0;
}

// TP_PROTO(struct task_struct *p, ...)
section("tp_btf/sched_process_exit") int on_exit(u64 *args) {
    struct task_struct *task = (void *)args[0];
    if (!in_scope()) return 0;
    struct signal_struct *shared = get(task, signal);
    if (get(shared, live.counter)) return 0; // other threads live on
    struct exit *e = ring_reserve(&ring, sizeof(*e), 0);
    count(EXIT, !e);
    if (!e) return 0;
    describe(&e->head, EXIT, 0, task);
    s32 code = get(shared, group_exit_code);
    e->code = code ? code : get(get(task, group_leader), exit_code);
    e->cpu = get(shared, sum_sched_runtime) + get(task, se.sum_exec_runtime);
    e->pad = 0;
    ring_submit(e, wake());
    return 0;
}

// ---- connections ----
// A state changes where the packet arrives, in whatever process happens to run there. Who owns the
// socket is known when it begins to connect or to listen: that is done by the owner's system call.

struct owner {
    u64 start, cgroup, socket, asked;
    u32 pid, uid, euid, flags;
};
// Sockets that are connecting, by their address in the kernel.
struct {
    map_uint(type, MAP_LRU_HASH);
    map_uint(max_entries, 16384);
    map_type(key, u64);
    map_type(value, struct owner);
} connecting section(".maps");

struct endpoint {
    u32 netns;
    u16 family, port;
    u8 address[16];
};
// Listening sockets by where they listen. Several at one place (SO_REUSEPORT): the last one wins.
struct {
    map_uint(type, MAP_LRU_HASH);
    map_uint(max_entries, 8192);
    map_type(key, struct endpoint);
    map_type(value, struct owner);
} listening section(".maps");

inlined void own_by_current(struct owner *o, struct sock *sock) {
    struct task_struct *task = (void *)current_task();
    struct cred *cred = get(task, cred);
    o->start = get(get(task, group_leader), start_boottime);
    o->cgroup = current_cgroup_id();
    o->socket = (u64)sock;
    o->asked = boot_ns();
    o->pid = current_pid_tgid() >> 32;
    o->uid = get(cred, uid.val);
    o->euid = get(cred, euid.val);
    o->flags = is_own() ? OWN : 0;
}

inlined void local_endpoint(struct endpoint *at, struct sock *sock) {
    __builtin_memset(at, 0, sizeof(*at));
    at->netns = get(get(sock, __sk_common.skc_net.net), ns.inum);
    at->family = get(sock, __sk_common.skc_family);
    at->port = get(sock, __sk_common.skc_num);
    if (at->family == AF_INET) {
        *(u32 *)at->address = get(sock, __sk_common.skc_rcv_saddr);
    } else {
        *(struct in6_addr *)at->address = get(sock, __sk_common.skc_v6_rcv_saddr);
    }
}

// Who listens where this accepted socket is: at its very address or at any. An IPv4 connection on an
// IPv6 socket has ::ffff:a.b.c.d for its address and AF_INET6 for its family, as its listener has.
inlined struct owner *listener(struct sock *sock) {
    struct endpoint at;
    local_endpoint(&at, sock);
    struct owner *o = map_lookup(&listening, &at);
    if (o) return o;
    __builtin_memset(at.address, 0, sizeof(at.address));
    return map_lookup(&listening, &at);
}

inlined void report(u32 kind, struct sock *sock, struct owner *o) {
    struct connection *c = ring_reserve(&ring, sizeof(*c), 0);
    count(kind, !c);
    if (!c) return;
    __builtin_memset(c, 0, sizeof(*c));
    c->head.kind = kind;
    c->head.at = boot_ns();
    if (o) {
        c->head.flags = o->flags;
        c->head.start = o->start;
        c->head.cgroup = o->cgroup;
        c->asked = o->asked;
        c->head.pid = o->pid;
        c->head.uid = o->uid;
        c->head.euid = o->euid;
    }
    c->family = get(sock, __sk_common.skc_family);
    c->local_port = get(sock, __sk_common.skc_num);
    c->remote_port = __builtin_bswap16(get(sock, __sk_common.skc_dport));
    if (c->family == AF_INET) {
        *(u32 *)c->local = get(sock, __sk_common.skc_rcv_saddr);
        *(u32 *)c->remote = get(sock, __sk_common.skc_daddr);
    } else {
        *(struct in6_addr *)c->local = get(sock, __sk_common.skc_v6_rcv_saddr);
        *(struct in6_addr *)c->remote = get(sock, __sk_common.skc_v6_daddr);
    }
    ring_submit(c, wake());
}

inlined void begin_listening(struct sock *sock) {
    struct endpoint at;
    struct owner o;
    own_by_current(&o, sock);
    local_endpoint(&at, sock);
    map_update(&listening, &at, &o, 0);
}

inlined void end_listening(struct sock *sock) {
    struct endpoint at;
    local_endpoint(&at, sock);
    struct owner *o = map_lookup(&listening, &at);
    if (o && o->socket == (u64)sock) map_delete(&listening, &at);
}

inlined void end_connecting(u64 key, struct sock *sock, u32 kind) {
    struct owner *o = map_lookup(&connecting, &key);
    if (!o) return;
    struct owner copy = *o;
    map_delete(&connecting, &key);
    report(kind, sock, &copy);
}

// TP_PROTO(const struct sock *sk, const int oldstate, const int newstate)
section("tp_btf/inet_sock_set_state") int on_state(u64 *args) {
    struct sock *sock = (void *)args[0];
    int before = args[1], now = args[2];
    u64 key = (u64)sock;
    if (get(sock, sk_protocol) != IPPROTO_TCP) return 0;
    if (now == TCP_SYN_SENT) {
        if (!is_own() && !in_scope()) return 0;
        struct owner o;
        own_by_current(&o, sock);
        map_update(&connecting, &key, &o, 0);
    } else if (now == TCP_LISTEN) {
        if (is_own() || in_scope()) begin_listening(sock);
    } else if (before == TCP_LISTEN) {
        end_listening(sock);
    } else if (before == TCP_SYN_SENT && now == TCP_ESTABLISHED) {
        end_connecting(key, sock, CONNECTED);
    } else if (before == TCP_SYN_SENT && now == TCP_CLOSE) {
        end_connecting(key, sock, FAILED);
    } else if (before == TCP_SYN_RECV && now == TCP_ESTABLISHED) {
        struct owner *o = listener(sock);
        // Someone else's listener is out of scope; without a scope it is one from before our time.
        if (o || !settings.scope_cgroup) report(ACCEPTED, sock, o);
    }
    return 0;
}
