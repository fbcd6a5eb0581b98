// Read diagrams as the editor in the browser reads them, and write them as it does when it saves.
// Takes paths as arguments; prints {path: {xml, warnings}} as JSON.
import { readFileSync } from 'node:fs'
import { BpmnModdle } from 'bpmn-moddle'

const adolygu = JSON.parse(readFileSync(new URL('../../web/assets/adolygu.json', import.meta.url)))
const moddle = new BpmnModdle({ adolygu })
const found = {}
for (const path of process.argv.slice(2)) {
  const { rootElement, warnings } = await moddle.fromXML(readFileSync(path, 'utf8'))
  const { xml } = await moddle.toXML(rootElement, { format: true })
  found[path] = { xml, warnings: warnings.map(one => one.message) }
}
process.stdout.write(JSON.stringify(found))
