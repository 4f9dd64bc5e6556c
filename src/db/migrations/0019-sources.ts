/** Where the image service keeps a file for some time, so that a lost one can be fetched again. */
export function sources(): string[] {
  return ['alter table asset add column source text']
}
