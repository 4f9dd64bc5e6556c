import { join } from 'node:path'
import { SyntaxKind, type Node, type SourceFile } from 'typescript/unstable/ast'
import {
  isIdentifier,
  isImportDeclaration,
  isInterfaceDeclaration,
  isModuleBlock,
  isModuleDeclaration,
  isNamedImports,
  isStringLiteral,
  isTypeAliasDeclaration,
} from 'typescript/unstable/ast/is'
import type { InterfaceDeclaration, TypeAliasDeclaration } from 'typescript/unstable/ast'
import type { Project } from 'typescript/unstable/sync'

type Declaration = InterfaceDeclaration | TypeAliasDeclaration

/** A declared type: where it stands, and what it is. */
export type Found = { file: string; name: string; node: Declaration }

type Scope = {
  types: Map<string, Declaration>
  imports: Map<string, { file: string; name: string }>
}

/** The interfaces and type aliases of a package by file and qualified name, such as `Refunds#Refund`. */
export class Declarations {
  readonly #program: Project['program']
  readonly #root: string
  readonly #scopes = new Map<string, Scope>()

  constructor(program: Project['program'], root: string) {
    this.#program = program
    this.#root = root
  }

  /** A type by its place. Throws where there is none. */
  at(place: string): Found {
    const [resource = '', name = ''] = place.split('#')
    const file = join(this.#root, 'resources', `${resource}.d.ts`)
    const node = this.#scope(file).types.get(name)
    if (node === undefined) throw new Error(`stripe declares no ${place}`)
    return { file, name, node }
  }

  /** What a name means where it is used: in a namespace around it, in the file, or imported. */
  resolve(name: string, { file, name: user }: Pick<Found, 'file' | 'name'>): Found | null {
    const scope = this.#scope(file)
    const around = user.split('.')
    for (let depth = around.length; depth >= 0; depth -= 1) {
      const full = [...around.slice(0, depth), name].join('.')
      const node = scope.types.get(full)
      if (node !== undefined) return { file, name: full, node }
    }
    const [first = '', ...rest] = name.split('.')
    const imported = scope.imports.get(first)
    if (imported === undefined) return null
    const full = [imported.name, ...rest].join('.')
    const node = this.#scope(imported.file).types.get(full)
    return node === undefined ? null : { file: imported.file, name: full, node }
  }

  /** The short name of a file: `Refunds`, `shared`. */
  shortName(file: string): string {
    return file
      .slice(this.#root.length + 1)
      .replace(/^resources\//, '')
      .replace('.d.ts', '')
  }

  #scope(file: string): Scope {
    const known = this.#scopes.get(file)
    if (known !== undefined) return known
    const scope: Scope = { types: new Map(), imports: new Map() }
    this.#scopes.set(file, scope)
    const source = this.#program.getSourceFile(file)
    if (source !== undefined) collect(source, file, scope)
    return scope
  }
}

function collect(source: SourceFile, file: string, scope: Scope): void {
  const visit = (node: Node, prefix: string): void => {
    if (isInterfaceDeclaration(node) || isTypeAliasDeclaration(node)) {
      scope.types.set(`${prefix}${node.name.text}`, node)
    } else if (isModuleDeclaration(node) && isIdentifier(node.name)) {
      if (node.body === undefined || !isModuleBlock(node.body)) return
      for (const inner of node.body.statements) visit(inner, `${prefix}${node.name.text}.`)
    } else if (isImportDeclaration(node) && isStringLiteral(node.moduleSpecifier)) {
      const bindings = node.importClause?.namedBindings
      if (bindings?.kind !== SyntaxKind.NamedImports || !isNamedImports(bindings)) return
      const target = join(file, '..', node.moduleSpecifier.text.replace(/\.js$/, '.d.ts'))
      for (const { name, propertyName } of bindings.elements) {
        scope.imports.set(name.text, { file: target, name: (propertyName ?? name).text })
      }
    }
  }
  for (const statement of source.statements) visit(statement, '')
}
