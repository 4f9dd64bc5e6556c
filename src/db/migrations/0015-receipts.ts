import type { Dialect } from '../dialect.ts'

/** The keys that sign receipts and checkpoints. */
export function receipts({ integer, table: { plain } }: Dialect): string[] {
  return [
    `create table signing_key (
      number ${integer} primary key,
      kid text not null unique,
      public_key text not null,
      private_key text,
      created_at ${integer} not null
    )${plain}`,
  ]
}
