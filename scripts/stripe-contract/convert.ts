import { SyntaxKind, type Node, type TypeNode } from 'typescript/unstable/ast'
import {
  isArrayTypeNode,
  isIdentifier,
  isInterfaceDeclaration,
  isIndexSignatureDeclaration,
  isLiteralTypeNode,
  isNumericLiteral,
  isPropertySignatureDeclaration,
  isQualifiedName,
  isStringLiteral,
  isTypeLiteralNode,
  isTypeReferenceNode,
  isUnionTypeNode,
} from 'typescript/unstable/ast/is'
import type { Declarations, Found } from './declarations.ts'

export type Schema = Record<string, unknown>

export type Operation = {
  path: string
  method: 'get' | 'post'
  params: string
  answer: string
  list?: true
}

/** Resources that come whole where they are expanded; of others an answer holds the id only. */
const WHOLE = ['PaymentIntents', 'Charges', 'Invoices']
/** Parts that no answer of the emulator fills, and that would make most of the document. */
const CUT =
  /(PaymentMethodDetails|PaymentMethodOptions|NextAction|LastPaymentError|LastFinalizationError|DestinationDetails)$/

/** Turns declared types into an OpenAPI document. Types say less than Stripe's own: the emulator adds the rest. */
export class Contract {
  readonly #declarations: Declarations
  readonly #schemas: Record<string, Schema> = {}

  constructor(declarations: Declarations) {
    this.#declarations = declarations
  }

  document(operations: readonly Operation[], info: Schema) {
    const paths: Record<string, Schema> = {}
    for (const { path, method, params, answer, list } of operations) {
      const body = this.#reference(this.#declarations.at(params))
      const object = this.#reference(this.#declarations.at(answer))
      const schema = list === true ? listOf(object) : object
      paths[path] = {
        ...paths[path],
        [method]: {
          'x-params': body,
          responses: { 200: { description: 'OK', content: { 'application/json': { schema } } } },
        },
      }
    }
    return { openapi: '3.1.0', info, paths, schemas: this.#schemas }
  }

  #reference(found: Found): Schema {
    const { file, name, node } = found
    const key = `${this.#declarations.shortName(file)}.${name}`.replaceAll('/', '_')
    if (CUT.test(name)) return { type: 'object', title: `${key} (cut)` }
    if (this.#schemas[key] === undefined) {
      this.#schemas[key] = {} // it may refer to itself
      this.#schemas[key] = isInterfaceDeclaration(node)
        ? this.#interface(found)
        : this.#type(node.type, found)
    }
    return { $ref: `#/components/schemas/${key}` }
  }

  #interface(found: Found): Schema {
    const { properties, required, additionalProperties } = this.#members(found)
    if (Object.keys(properties).length === 0 && additionalProperties === false)
      return { type: 'object' } // declared as empty: any object
    return {
      type: 'object',
      properties,
      ...(required.length > 0 && { required }),
      additionalProperties,
    }
  }

  #members(found: Found) {
    const properties: Record<string, Schema> = {}
    const required: string[] = []
    let additionalProperties: Schema | false = false
    const { node } = found
    if (!isInterfaceDeclaration(node)) throw new Error(`${found.name} is no interface`)
    for (const { types } of node.heritageClauses ?? []) {
      for (const { expression } of types) {
        const base = this.#declarations.resolve(nameOf(expression), found)
        if (base === null) continue
        const inherited = this.#members(base)
        Object.assign(properties, inherited.properties)
        required.push(...inherited.required)
      }
    }
    for (const member of node.members) {
      if (isIndexSignatureDeclaration(member)) additionalProperties = this.#type(member.type, found)
      if (!isPropertySignatureDeclaration(member) || member.type === undefined) continue
      const name = nameOf(member.name)
      properties[name] = this.#type(member.type, found)
      if (member.postfixToken?.kind !== SyntaxKind.QuestionToken) required.push(name)
    }
    return { properties, required, additionalProperties }
  }

  #type(node: TypeNode, user: Found): Schema {
    if (isUnionTypeNode(node)) return this.#union([...node.types], user)
    if (isArrayTypeNode(node)) return { type: 'array', items: this.#type(node.elementType, user) }
    if (isLiteralTypeNode(node)) return literal(node.literal)
    if (isTypeReferenceNode(node)) return this.#named(node, user)
    if (isTypeLiteralNode(node)) return { type: 'object' }
    return KEYWORDS[node.kind] ?? {}
  }

  #union(types: TypeNode[], user: Found): Schema {
    const parts = types.map((type) => this.#type(type, user))
    const words = parts.flatMap((part) => (part['const'] === undefined ? [] : [part['const']]))
    const isOpen = parts.some((part) => part['x-open'] === true)
    const rest = parts.filter((part) => part['const'] === undefined && part['x-open'] !== true)
    const enumerated =
      words.length === 0 ? [] : [isOpen ? { type: 'string', 'x-known': words } : { enum: words }]
    const [only, ...more] = [...enumerated, ...rest]
    return only !== undefined && more.length === 0 ? only : { anyOf: [only, ...more] }
  }

  #named(node: TypeNode, user: Found): Schema {
    if (!isTypeReferenceNode(node)) return {}
    const name = nameOf(node.typeName)
    const [argument] = node.typeArguments ?? []
    const inner = argument === undefined ? {} : this.#type(argument, user)
    if (name === 'Array') return { type: 'array', items: inner }
    if (name === 'Emptyable') return { anyOf: [inner, { const: '' }] }
    if (name === 'Record') return { type: 'object' }
    if (name === 'Decimal') return { type: 'string' }
    if (name === 'OtherString') return { 'x-open': true }
    const found = this.#declarations.resolve(name, user)
    if (found === null) return {}
    const home = this.#declarations.shortName(found.file)
    const isWhole = found.file === user.file || home === 'shared' || WHOLE.includes(home)
    return isWhole ? this.#reference(found) : { type: 'object', title: `${home} (cut)` }
  }
}

const KEYWORDS: Partial<Record<SyntaxKind, Schema>> = {
  [SyntaxKind.StringKeyword]: { type: 'string' },
  [SyntaxKind.NumberKeyword]: { type: 'number' },
  [SyntaxKind.BooleanKeyword]: { type: 'boolean' },
}

function literal(node: Node): Schema {
  if (isStringLiteral(node)) return { const: node.text }
  if (isNumericLiteral(node)) return { const: Number(node.text) }
  if (node.kind === SyntaxKind.NullKeyword) return { type: 'null' }
  return { const: node.kind === SyntaxKind.TrueKeyword }
}

function nameOf(node: Node): string {
  if (isIdentifier(node) || isStringLiteral(node)) return node.text
  if (isQualifiedName(node)) return `${nameOf(node.left)}.${nameOf(node.right)}`
  throw new Error('a name of a form that is not known')
}

function listOf(items: Schema): Schema {
  return {
    type: 'object',
    properties: {
      object: { const: 'list' },
      data: { type: 'array', items },
      has_more: { type: 'boolean' },
      url: { type: 'string' },
    },
    required: ['object', 'data', 'has_more', 'url'],
  }
}
