/** Whether a caller heard how its call ended, so that a lost answer is joined and not bought again. */
export function answers(): string[] {
  return [
    `alter table generation add column fingerprint text not null default ''`,
    `alter table generation add column answer text not null default 'heard'
      check (answer in ('open', 'lost', 'heard'))`,
    `create index generation_unheard on generation (account_id, fingerprint) where answer <> 'heard'`,
  ]
}
