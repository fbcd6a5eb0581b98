// List in each lane what stands in it. The editor lists only what stands on the sheet itself, and drops
// the steps inside a frame as soon as anything is moved; whose lane a step is says who may do it.
import { is } from 'bpmn-js/lib/util/ModelUtil'

const holds = (lane, x, y) => x >= lane.x && x <= lane.x + lane.width && y >= lane.y && y <= lane.y + lane.height

// A frame that lies over several lanes is listed in none: its steps are.
const liesOver = (lane, shape) => is(shape, 'bpmn:SubProcess') && !(
  holds(lane, shape.x, shape.y) && holds(lane, shape.x + shape.width, shape.y + shape.height))

function settle (list, wanted) {
  const kept = list.filter(one => wanted.includes(one))
  list.splice(0, list.length, ...kept, ...wanted.filter(one => !kept.includes(one)))
}

export function listInLanes (registry) {
  const lanes = registry.filter(each => is(each, 'bpmn:Lane')).sort((a, b) => a.height - b.height)
  const members = new Map(lanes.map(lane => [lane, []]))
  for (const shape of registry.filter(each => is(each, 'bpmn:FlowNode') && !each.labelTarget)) {
    const lane = lanes.find(each => holds(each, shape.x + shape.width / 2, shape.y + shape.height / 2))
    const listed = lane && !liesOver(lane, shape) ? [lane] : []
    settle(shape.businessObject.get('lanes'), listed.map(each => each.businessObject))
    for (const each of listed) members.get(each).push(shape.businessObject)
  }
  for (const [lane, found] of members) settle(lane.businessObject.get('flowNodeRef'), found)
}
