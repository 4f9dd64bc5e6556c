import { spawnSync } from 'node:child_process'
import { existsSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Tells of each sync to disk by one more byte in a file. */
const SHIM = `
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>
static void tell(void) {
  const char *path = getenv("INKWELL_TEST_SYNCS");
  int log = path ? open(path, O_WRONLY | O_APPEND) : -1;
  if (log >= 0) { if (write(log, ".", 1) < 0) abort(); close(log); }
}
int fsync(int fd) { tell(); return ((int (*)(int))dlsym(RTLD_NEXT, "fsync"))(fd); }
int fdatasync(int fd) { tell(); return ((int (*)(int))dlsym(RTLD_NEXT, "fdatasync"))(fd); }
`

export type SyncCounter = {
  /** The environment of a process whose syncs are to be counted. */
  env: Record<string, string>
  count: () => number
}

/** Counts real syncs to disk, on Linux with a C compiler; null elsewhere. */
export function syncCounter(folder: string): SyncCounter | null {
  if (process.platform !== 'linux') return null
  const source = join(folder, 'syncs.c')
  const library = join(folder, 'syncs.so')
  const log = join(folder, 'syncs.log')
  writeFileSync(source, SHIM)
  writeFileSync(log, '')
  spawnSync('cc', ['-shared', '-fPIC', '-o', library, source, '-ldl'])
  if (!existsSync(library)) return null
  return {
    env: { LD_PRELOAD: library, INKWELL_TEST_SYNCS: log },
    count: () => statSync(log).size,
  }
}
