import type { Mutant } from './mutant.ts'
import type { Suite } from './mutation.ts'

const LIST = 'pricing/model-list.ts'
const PRINCIPAL = 'accounts/principal.ts'
const ON_BOTH = 'isListed(account, model) && isListed(key, model)'

/** The guards that keep a caller to the models on the lists. */
export const MODEL_MUTANTS: readonly Mutant[] = [
  {
    name: 'the list of the account is forgotten',
    file: LIST,
    from: ON_BOTH,
    to: 'isListed(key, model)',
  },
  {
    name: 'the list of the key is forgotten',
    file: LIST,
    from: ON_BOTH,
    to: 'isListed(account, model)',
  },
  {
    name: 'one list of two is enough',
    file: LIST,
    from: ON_BOTH,
    to: 'isListed(account, model) || isListed(key, model)',
  },
  {
    name: 'a prefix ends in the middle of a name',
    file: LIST,
    from: 'pattern.slice(0, -1)',
    to: 'pattern.slice(0, -2)',
  },
  {
    name: 'the endpoint of a model is no name of it',
    file: LIST,
    from: 'endpoint !== null && matches(pattern, endpoint)',
    to: 'false',
  },
  {
    name: 'a call is not held against the lists',
    file: 'generations/order.ts',
    from: '  assertMayUse(caller.models, found.model, deps.rates)\n',
    to: '',
  },
  {
    name: 'a quote is not held against the lists',
    file: 'generations/dry-run.ts',
    from: 'assertMayUse(caller.models, found.model, deps.rates)\n',
    to: '\n',
  },
  {
    name: 'what could be had instead may be forbidden',
    file: 'generations/refuse.ts',
    from: 'mayUse(caller.models, model)',
    to: 'model.price >= 0',
  },
  {
    name: 'the account of this machine has no list',
    file: 'accounts/caller.ts',
    from: 'storedModelList(account?.models ?? null)',
    to: 'null',
  },
  {
    name: 'the list of an account does not come with its keys',
    file: PRINCIPAL,
    from: 'storedModelList(row.account_models)',
    to: 'null',
  },
  { name: 'a key comes without its list', file: PRINCIPAL, from: 'key: models', to: 'key: null' },
  {
    name: 'the list of a key is not stored',
    file: 'accounts/keys.ts',
    from: '{ models: storeModelList(models) }',
    to: '{ models: null }',
  },
]

export const MODEL_SUITE: Suite = {
  room: 'generations',
  tests: ['model-lists'],
  testsFor: () => ['model-lists'],
}
