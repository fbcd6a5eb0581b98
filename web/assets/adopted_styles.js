// The styles of the text editor inside the canvases, as sheets that a strict content security
// policy allows: its own way is to write <style> elements into the page, which are refused.
// The build puts this in place of `style-mod`.
import { StyleModule as Written } from '../../node_modules/style-mod/src/style-mod.js'

const adopted = new WeakMap()

export class StyleModule extends Written {
  static mount (root, modules) {
    const held = adopted.get(root) || { sheet: new CSSStyleSheet(), modules: [] }
    const fresh = [modules].flat().filter(one => !held.modules.includes(one))
    held.modules.push(...fresh)
    held.sheet.replaceSync(held.modules.map(one => one.getRules()).join('\n'))
    if (!adopted.has(root)) root.adoptedStyleSheets = [...root.adoptedStyleSheets, held.sheet]
    adopted.set(root, held)
  }
}
