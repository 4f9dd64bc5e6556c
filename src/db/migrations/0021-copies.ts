/** Where copies of a file were left when it moved to another store. */
export function copies(): string[] {
  return [
    'alter table asset add column former text',
    'create index asset_with_copies on asset (id) where former is not null',
  ]
}
