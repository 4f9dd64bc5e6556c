import type { KnipConfig } from 'knip'

/** What `npm run knip` looks through: files, exports and packages that nothing needs. */
const config: KnipConfig = {
  // Started by path, as a process, a thread or a script of a page, and imported nowhere.
  entry: [
    'src/**/{worker,browser/{app,page}}.ts!',
    '{scripts,examples,bench}/*.ts',
    'scripts/zod/late.ts', // built into zod
    'bench/support/{echo-http,fal-server,paid-worker}.ts',
    'tests/bench/three-values.ts',
    'tests/services/*/start.ts',
    'tests/support/{paid-worker,ledger-worker,postgres-agent,out-of-descriptors}.ts',
  ],
  project: ['{src,scripts,examples,bench,tests}/**/*.ts', '!tests/hosts/**'],
  vitest: { entry: ['tests/**/*.test.ts', '!tests/hosts/**'] }, // that workspace has packages of its own
  ignoreDependencies: [
    // Started by the path of its file.
    '@modelcontextprotocol/conformance',
    'dclint',
    // Files of these are copied by the build.
    '@mediapipe/selfie_segmentation',
    '@websr/websr',
  ],
  ignoreBinaries: [
    'cc',
    'mkfifo',
    'promtool',
    'script',
    'setpriv',
    'swift-ring-builder',
    'systemd-analyze',
  ],
}

export default config
