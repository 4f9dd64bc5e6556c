import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { defineConfig } from 'vitepress'
import { checkLinks, forTheSite, slugOf } from './links.ts'
import { ROOT } from './root.ts'

const { description, repository } = JSON.parse(
  readFileSync(join(ROOT, 'package.json'), 'utf8'),
) as { description: string; repository: { url: string } }
const source = repository.url.replace(/^git\+|\.git$/g, '')
const base = `/${source.split('/').at(-1)}/` // that of GitHub Pages

/** The site of the documentation: `npm run site`. The pages stay what they are on GitHub. */
export default defineConfig({
  title: 'Inkwell',
  description,
  base,
  srcDir: ROOT,
  srcExclude: ['{bench,dist,examples,packaging,plugins,scripts,site,src,tests}/**', 'AGENTS.md'],
  rewrites: { '(.*)README.md': '(.*)index.md' },
  outDir: join(ROOT, 'site/dist'),
  cacheDir: join(ROOT, 'site/.vitepress/cache'),
  cleanUrls: true,
  markdown: {
    theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' },
    anchor: { slugify: slugOf },
    config: (md) => forTheSite(md, source),
  },
  buildEnd: ({ outDir }) => checkLinks(outDir, base),
  themeConfig: {
    search: { provider: 'local' },
    nav: [
      { text: 'Documentation', link: '/docs/' },
      { text: 'Changes', link: '/CHANGELOG' },
      { text: 'Source', link: source },
    ],
    sidebar: sidebarOf(readFileSync(join(ROOT, 'docs/README.md'), 'utf8')),
    outline: [2, 3],
  },
})

/** The sections of the index of the docs. */
function sidebarOf(index: string) {
  return index
    .split(/^## /m)
    .slice(1)
    .map((section) => {
      const [text = ''] = section.split('\n')
      const items = [...section.matchAll(/^- \[([^\]]+)\]\(([^)]+)\)/gm)]
        .map(([, name = '', path = '']) => ({ text: name, link: join('/docs', path) }))
        .filter(({ link }) => !link.startsWith('/tests/'))
        .map(({ text: name, link }) => ({ text: name, link: link.replace(/(README)?\.md$/, '') }))
      return { text, items }
    })
}
