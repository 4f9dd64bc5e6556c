import { readFile } from 'node:fs/promises'
import { skillEntry, SkillsExtension } from '@modelcontextprotocol/server/ext/skills'

const NAME = 'assets-within-budget'
const URI = `skill://${NAME}/SKILL.md`
const TYPE = 'text/markdown'

/** The skill that the package has, for clients that know the skills extension, and for others as a resource. */
export const skills = new SkillsExtension({
  source: {
    list: async () => ({ skills: [await entry()] }),
    get: async (uri) => (uri === URI ? await entry() : undefined),
    read: async (uri) => (uri === URI ? { text: await skill(), mimeType: TYPE } : undefined),
    listResources: async () => {
      const { description } = (await entry()).frontmatter
      return [
        { uri: URI, name: NAME, title: 'Make assets within a budget', description, mimeType: TYPE },
      ]
    },
  },
})

/** The same text that the plugin of Claude Code has. */
async function skill(): Promise<string> {
  return await readFile(new URL('SKILL.md', import.meta.url), 'utf8')
}

async function entry() {
  return await skillEntry(NAME, { 'SKILL.md': await skill() })
}
