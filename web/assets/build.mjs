// Bundle the styles and scripts of the pages into web/static/build/, which is never committed.
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, transformSync } from 'esbuild'

const here = dirname(fileURLToPath(import.meta.url))
const root = join(here, '..', '..')
const out = join(root, 'web', 'static', 'build')
const modules = join(root, 'node_modules')

// A service that is not on GOV.UK uses the Design System without its typeface and crests, so the
// prebuilt sheets lose their @font-face rules, their images and the name of the typeface.
const FONTS = 'system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",Arial,sans-serif'

function plainBrand (css) {
  return css
    .replace(/@font-face\s*\{[^}]*\}/g, '')
    .replace(/font-family:\s*"?GDS Transport"?,\s*arial,\s*sans-serif/gi, `font-family:${FONTS}`)
    .replace(/url\(\/assets\/[^)]*\)/g, 'none')
}

function read (...path) {
  return readFileSync(join(...path), 'utf8')
}

rmSync(out, { recursive: true, force: true })
mkdirSync(out, { recursive: true })

const pages = [
  plainBrand(read(modules, 'govuk-frontend/dist/govuk/govuk-frontend.min.css')),
  plainBrand(read(modules, '@ministryofjustice/frontend/moj/moj-frontend.min.css')),
  read(here, 'pages.css')
].join('\n')
if (/GDS Transport|@font-face|\/assets\//.test(pages)) {
  throw new Error('the GOV.UK typeface or images are still in the style sheet')
}
writeFileSync(join(out, 'pages.css'), transformSync(pages, { loader: 'css', minify: true }).code)
writeFileSync(
  join(out, 'paper.css'),
  transformSync(read(here, 'paper.css'), { loader: 'css', minify: true }).code
)

// The editors of expressions write their styles into the page, which the security policy forbids;
// a style sheet that is constructed does the same and is allowed.
const constructedStyles = {
  name: 'constructed-styles',
  setup (building) {
    building.onLoad({ filter: /style-mod[\\/]src[\\/]style-mod\.js$/ }, ({ path }) => {
      const inPage = '!root.head && root.adoptedStyleSheets'
      const source = readFileSync(path, 'utf8')
      if (!source.includes(inPage)) throw new Error('style-mod no longer writes styles as it did')
      return { contents: source.replace(inPage, 'root.adoptedStyleSheets'), loader: 'js' }
    })
  }
}

await build({
  plugins: [constructedStyles],
  entryPoints: {
    enabled: join(here, 'enabled.js'),
    pages: join(here, 'pages.js'),
    designer: join(here, 'designer.js'),
    diagram: join(here, 'diagram.js'),
    genogram: join(here, 'genogram.js'),
    decision_table: join(here, 'decision_table.js')
  },
  outdir: out,
  bundle: true,
  minify: true,
  format: 'iife',
  target: 'es2020',
  loader: { '.woff': 'dataurl', '.woff2': 'dataurl', '.ttf': 'dataurl', '.eot': 'empty', '.svg': 'empty' },
  legalComments: 'linked',
  logLevel: 'warning'
})

// The form editor brings a properties panel of its own; with one Preact for both, entries of ours
// can stand in it.
const preact = '@bpmn-io/properties-panel/preact'
await build({
  plugins: [constructedStyles],
  entryPoints: { form_canvas: join(here, 'form_canvas.js'), form_canvas_style: join(here, 'form_canvas.css') },
  outdir: out,
  bundle: true,
  minify: true,
  format: 'iife',
  target: 'es2020',
  nodePaths: [modules],
  alias: {
    preact,
    'preact/hooks': `${preact}/hooks`,
    'preact/compat': `${preact}/compat`,
    'preact/jsx-runtime': `${preact}/jsx-runtime`
  },
  loader: { '.woff': 'dataurl', '.woff2': 'dataurl', '.ttf': 'dataurl', '.eot': 'empty', '.svg': 'dataurl' },
  legalComments: 'linked',
  logLevel: 'warning'
})
copyFileSync(join(here, 'favicon.svg'), join(out, 'favicon.svg'))
