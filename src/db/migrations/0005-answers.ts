/** Whether a caller got its result. A repeated call joins a generation whose answer was lost, and does not pay again. */
export function answers(): string[] {
  return [
    `alter table generation add column fingerprint text not null default ''`,
    `alter table generation add column answer text not null default 'heard'
      check (answer in ('open', 'lost', 'heard'))`,
    `create index generation_unheard on generation (account_id, fingerprint) where answer <> 'heard'`,
  ]
}
