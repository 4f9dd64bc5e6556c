/** The models that an account, and each of its keys, may use. Null allows all. */
export function modelLists(): string[] {
  return ['account', 'api_key'].map((table) => `alter table ${table} add column models text`)
}
