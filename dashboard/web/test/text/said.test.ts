import assert from "node:assert/strict"
import { test } from "node:test"
import { en } from "../../src/i18n/en.ts"
import { known } from "../../src/i18n/translate.ts"
import { reasoned, said } from "../../src/text/said.ts"

const OURS = [
  "last heard at 2026-11-24T10:00:00.123456789Z; its stream is open",
  "last heard at 2026-11-24T10:00:00.123456789Z; its stream ended",
  "nothing since, and no last words",
  "3 hosts of site 'Huế': nothing since, and no last words",
  "alive before, not alive now",
  "41 bytes at offset 10",
  "at offset 10",
  "stopped by signal SIGTERM",
  "the machine goes to sleep",
  "stopped after an error of its own",
  "given up by the agent",
  "the collector's store: a block that cannot be read",
  "disk: No space left on device",
  "does not load: PackError: too large",
  "updater ended with SIGKILL",
  "this host's clock is 3720 s ahead of the collector's; the times of its events are corrected, but set it (x)",
  "this host's clock is 3720 s behind the collector's; the times of its events are corrected, but set it (x)",
  "two agents with one identity take turns; the last is 'may-01' at 10.0.0.1:4711. Find the copy (a cloned machine?) and more",
  "two collectors with one identity take turns; this host came from 00000000000000b0: one was restored from the other's backup",
  "the first events of a spool's incarnation",
  "lane 2: sequences 5 to 9 are missing and the agent does not say that it gave them up (it says 0): begin again after 4",
  "lane 2: under epoch 00000000000000b0 other events are here up to sequence 9 (a restored disk): begin a new epoch",
  "lane 2: no chain is known at 9",
  "the checkpoint at sequence 9 is not signed by the host's key",
  "more than 1000 separate gaps",
  "more than 1000 separate losses were told",
  "a message of a kind that is not known here was passed over",
  "not permitted; needs root or CAP_SYS_ADMIN+CAP_DAC_READ_SEARCH",
  "libbpf.so.1 not found; apt install libbpf1 (or dnf install libbpf)",
  "/x/sensor.bpf.o is missing; build the package again (./dev run)",
  "this kernel tells nothing about its types; needs a kernel with CONFIG_DEBUG_INFO_BTF",
  "the ring's reader is proven on x86_64 only, not on aarch64",
  "the ring cannot be mapped: Invalid argument",
  "the kernel programs are not running",
  "the kernel refuses on_exec, on_exit: Invalid argument",
  "on_exec cannot be attached: not permitted; needs root or CAP_BPF+CAP_PERFMON",
  "on_exec is not attached any more (Bad file descriptor)",
  "scope: names a process, and the kernel programs can be narrowed to a control group only",
  "scope: /x is not in a mounted version 2 hierarchy (none is mounted)",
  "scope: names no mount, and fanotify watches whole file systems",
  "scope: names no folder",
  "scope: /sys/fs/cgroup/x: No such file or directory",
  "no file system here can be watched",
  "the notification group is gone: No such file or directory",
  "2 marks are gone",
  "no folder with at most 8000 directories among /home, /etc",
  "folders cannot be watched: inotify watch limit reached; raise fs.inotify.max_user_watches",
  "watchdog is not running",
  "1 of watchdog's threads ended",
  "processes cannot be listed: why",
  "no process is visible",
  "connections cannot be listed: why",
  "its canary did not come through",
  "the canary could not be let out: why",
  "was set up anew: watchdog is not running",
  "it failed: the kernel programs are not running",
  "files are watched in /home, /etc alone, not /srv (no folder that can be read)",
  "files are watched in /home alone",
  "files are not watched on /a (nfs4), /b (cifs) and 2 more",
  "files are not watched on /a (nfs4)",
  "over its budget: 31.5 µs an event, 25 are allowed",
]

test("our own sentences are said in Vietnamese, with nothing left to fill in, and each is needed", () => {
  const vietnamese = OURS.map((text) => said(text, "vi"))
  vietnamese.forEach((text, index) => {
    assert.notEqual(text, OURS[index])
    assert.doesNotMatch(text, /\{|undefined/u)
  })
  assert.equal(new Set(vietnamese).size, OURS.length - 1, "two kinds of too many are one sentence")
  const keys = Object.keys(en).filter((key) => key.startsWith("said_"))
  assert.equal(keys.length, OURS.length - 1)
})

test("why a sensor runs no better rung, its rung first and reasons within reasons", () => {
  assert.equal(reasoned("ebpf: not permitted; needs root or CAP_BPF", "vi"), "ebpf: không được phép; cần root hoặc CAP_BPF")
  assert.equal(reasoned("watch: was set up anew: watchdog is not running", "vi"), "watch: đã được dựng lại: watchdog không chạy")
  assert.equal(reasoned("audit: \u001b[2Jno", "vi"), "audit: \u001b[2Jno")
  assert.equal(reasoned("no rung", "vi"), "no rung")
})

test("times and numbers are the reader's", () => {
  assert.match(said(OURS[0] ?? "", "en"), /^last heard on 24\/11\/2026 \d\d:\d\d:00; its connection is open$/u)
  assert.equal(said("more than 1000 separate gaps", "vi"), "hơn 1.000")
})

test("any other text stays as it is, one that only looks like ours too", () => {
  for (const text of ["", "at offset x", "echo at offset 10", "\u001b[2Jgiven up by the agent"]) assert.equal(said(text, "vi"), text)
})

test("what a host makes up has an end", () => {
  const deep = "it failed: ".repeat(150) + "x"
  assert.equal(said(deep, "vi"), "nó bị lỗi: ".repeat(3) + deep.slice(3 * "it failed: ".length))
  assert.equal(said("it failed: ".repeat(50_000), "vi"), "it failed: ".repeat(50_000))
})

test("why content was refused has words", () => {
  for (const reason of ["unsigned", "tampered", "older", "expired", "missing", "too_large", "malformed", "unreachable"]) {
    assert.ok(known("refused", reason), reason)
  }
})
