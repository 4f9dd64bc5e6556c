import { Argument, type Command } from 'commander'
import { shownSchema } from '../tools/schema.ts'
import { TOOLS_AT_LIST_PRICES } from './call.ts'

/** A place in a command line, such as `inkwell usage`, and the words that may follow it. */
type Place = { at: string; words: readonly Word[] }
type Word = { word: string; about: string }

const SCRIPTS = { bash, zsh, fish }

/** `inkwell completion`. The scripts hold every word themselves, so a tab starts no process. */
export function completionCommand(root: Command): void {
  root
    .command('completion')
    .description(
      'print a script that completes commands at a tab; eval "$(inkwell completion bash)"',
    )
    .addArgument(new Argument('<shell>').choices(Object.keys(SCRIPTS)))
    .action((shell: keyof typeof SCRIPTS) => {
      process.stdout.write(`${SCRIPTS[shell](placesOf(root, root.name()))}\n`)
    })
}

function placesOf(command: Command, at: string): Place[] {
  const help = command.createHelp()
  const subcommands = help.visibleCommands(command)
  const options = help.visibleOptions(command)
  const ofArguments = command.registeredArguments.flatMap(({ argChoices = [] }) => argChoices)
  const words = [
    ...subcommands.map((one) => ({ word: one.name(), about: help.subcommandDescription(one) })),
    ...ofArguments.map((word) => ({ word, about: '' })),
    ...(at.startsWith('inkwell call ') ? pairsOf(command.name()) : []),
    ...options.map(({ long, short, description }) => ({
      word: long ?? short ?? '',
      about: description,
    })),
  ]
  return [
    { at, words },
    ...options
      .filter(({ argChoices = [] }) => argChoices.length > 0)
      .map(({ long, argChoices = [] }) => ({
        at: `${at} ${long}`,
        words: argChoices.map((word) => ({ word, about: '' })),
      })),
    ...subcommands.flatMap((one) => placesOf(one, `${at} ${one.name()}`)),
  ]
}

/** Returns the arguments of a tool as `name=`, and as `name=value` where the values are known. */
function pairsOf(tool: string): Word[] {
  const schema = TOOLS_AT_LIST_PRICES.find(({ name }) => name === tool)?.input
  const { properties = {} } = schema === undefined ? {} : shownSchema(schema)
  return Object.entries(properties).flatMap(([name, { enum: values = [''], description = '' }]) =>
    values.map((value) => ({ word: `${name}=${String(value)}`, about: description })),
  )
}

/** It follows the words before the cursor from place to place. A value leaves the place of its option. */
function bash(places: readonly Place[]): string {
  const cases = places.map(({ at, words }) => {
    return `    ${quoted(at)}) words=${quoted(words.map(({ word }) => word).join(' '))} ;;`
  })
  return `_inkwell() {
  local at=inkwell word words=''
  for word in "\${COMP_WORDS[@]:1:$((COMP_CWORD - 1))}"; do
    case "$at $word" in
      ${places.map(({ at }) => quoted(at)).join('|')}) at="$at $word" ;;
      *) at="\${at%% --*}" ;;
    esac
  done
  case "$at" in
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
  case "\${COMPREPLY[0]}" in *=) compopt -o nospace 2>/dev/null ;; esac
}
complete -o default -F _inkwell inkwell`
}

/** zsh runs the script of bash. */
function zsh(places: readonly Place[]): string {
  return `autoload -U +X compinit bashcompinit && compinit -u && bashcompinit\n${bash(places)}`
}

function fish(places: readonly Place[]): string {
  const lines = places.flatMap(({ at, words }) =>
    words.map(({ word, about }) => {
      const noFiles = word.startsWith('-') ? '' : ' -f'
      return `complete -c inkwell -n ${quoted(`__inkwell_at "${at}"`)}${noFiles} -a ${quoted(word)} -d ${quoted(about)}`
    }),
  )
  return `function __inkwell_at
  set -l at inkwell
  for word in (commandline -opc)[2..]
    if contains -- "$at $word" ${places.map(({ at }) => quoted(at)).join(' ')}
      set at "$at $word"
    else
      set at (string replace -r ' --.*' '' -- $at)
    end
  end
  test "$at" = "$argv[1]"
end
${lines.join('\n')}`
}

/** Quotes a text for all three shells: none of them changes anything between single quotes. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", '’')}'`
}
