/** The lists of models that an account, and each of its keys, may use. Null is no list. */
export function modelLists(): string[] {
  return ['account', 'api_key'].map((table) => `alter table ${table} add column models text`)
}
