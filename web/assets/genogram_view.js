// What is seen of a drawn genogram: how large, which part, who is chosen, by mouse, finger or key.
const NS = 'http://www.w3.org/2000/svg'
const SMALLEST = 0.1
const LARGEST = 3
// Below this nobody reads a label: a large family is first seen in part.
const READABLE = 0.75
// How far a finger may slip before it drags.
const SLIP = 8
const STEP = 80

const WAYS = { left: [-1, 0], right: [1, 0], up: [0, -1], down: [0, 1] }
const ARROWS = { ArrowLeft: 'left', ArrowRight: 'right', ArrowUp: 'up', ArrowDown: 'down' }

const between = (least, value, most) => Math.min(Math.max(value, least), most)

export class View {
  // Takes: tell, with choose(label), pull(label, label), enter(), remove().
  constructor (frame, tell) {
    Object.assign(this, { frame, tell, svg: null, scale: 0, x: 0, y: 0, down: null, waiting: null, leaving: null })
    frame.addEventListener('keydown', event => this.press(event))
    frame.addEventListener('focusin', event => this.choose(event.target))
    frame.addEventListener('click', event => this.choose(event.target))
    frame.addEventListener('pointerdown', event => this.start(event))
    frame.addEventListener('pointermove', event => this.drag(event))
    frame.addEventListener('pointerup', event => this.end(event))
    frame.addEventListener('pointercancel', () => this.end(null))
    new ResizeObserver(() => this.apply()).observe(frame)
  }

  get people () { return this.svg ? [...this.svg.querySelectorAll('[data-person]')] : [] }

  person (label) { return this.people.find(one => one.dataset.person === label) }

  // Show a drawing in place of the one before; while somebody drags, once they are done.
  show (svg, chosen) {
    if (this.down) { this.waiting = [svg, chosen]; return }
    const held = this.frame.contains(document.activeElement)
    this.frame.replaceChildren(...(svg ? [svg] : []))
    this.svg = svg
    if (!svg) return
    const box = svg.viewBox.baseVal
    Object.assign(this, { left: box.x, top: box.y, width: box.width, height: box.height })
    if (!this.scale) this.begin(chosen)
    this.apply()
    this.mark(chosen)
    const one = this.person(chosen)
    if (held) (one || this.people[0])?.focus({ preventScroll: true })
    // An older drawing may come first, in which nobody is called so yet.
    else if (one && this.leaving === document.activeElement) this.focus(chosen)
  }

  get fitting () { return Math.min(this.frame.clientWidth / this.width, this.frame.clientHeight / this.height, 1) }

  begin (chosen) {
    this.scale = Math.max(this.fitting, READABLE)
    const first = this.person(chosen) || this.people[0]
    if (first) this.centre(Number(first.dataset.x), Number(first.dataset.y))
  }

  centre (x, y) {
    this.x = x - this.frame.clientWidth / this.scale / 2
    this.y = y - this.frame.clientHeight / this.scale / 2
  }

  // Keep some of the drawing in sight, and what is smaller than the frame in its middle.
  apply () {
    if (!this.svg || !this.frame.clientWidth) return
    const [wide, high] = [this.frame.clientWidth / this.scale, this.frame.clientHeight / this.scale]
    const held = (at, start, size, seen) => seen >= size ? start - (seen - size) / 2 : between(start, at, start + size - seen)
    this.x = held(this.x, this.left, this.width, wide)
    this.y = held(this.y, this.top, this.height, high)
    this.svg.setAttribute('viewBox', `${this.x} ${this.y} ${wide} ${high}`)
  }

  zoom (factor) {
    if (!this.svg) return
    const [x, y] = [this.x + this.frame.clientWidth / this.scale / 2, this.y + this.frame.clientHeight / this.scale / 2]
    this.scale = between(SMALLEST, this.scale * factor, LARGEST)
    this.centre(x, y)
    this.apply()
  }

  whole () {
    if (!this.svg) return
    this.scale = Math.max(this.fitting, SMALLEST)
    this.apply()
  }

  move (way) {
    const [x, y] = WAYS[way]
    this.x += x * STEP / this.scale
    this.y += y * STEP / this.scale
    this.apply()
  }

  // Tell whoever looks and whoever listens who is chosen; one person alone is a stop of the Tab key.
  mark (label) {
    const chosen = this.person(label)
    for (const one of this.people) {
      one.setAttribute('aria-selected', one === chosen)
      one.setAttribute('tabindex', one === (chosen || this.people[0]) ? 0 : -1)
    }
    if (chosen) this.bringIntoSight(chosen)
  }

  bringIntoSight (one) {
    const [x, y] = [Number(one.dataset.x), Number(one.dataset.y)]
    const [wide, high] = [this.frame.clientWidth / this.scale, this.frame.clientHeight / this.scale]
    const inside = x - 70 > this.x && x + 70 < this.x + wide && y - 35 > this.y && y + 70 < this.y + high
    if (inside) return
    this.centre(x, y)
    this.apply()
  }

  // Lead to somebody; who is called otherwise by now is drawn so in a moment, and led to then from
  // where the focus is now, if it is still there.
  focus (label) {
    const one = this.person(label)
    this.leaving = one ? null : document.activeElement
    one?.focus({ preventScroll: true })
  }

  choose (target) {
    const one = target.closest?.('[data-person]')
    if (one && one.getAttribute('aria-selected') !== 'true') this.tell.choose(one.dataset.person)
  }

  press (event) {
    const one = event.target.closest('[data-person]')
    if (!one || event.ctrlKey || event.metaKey || event.altKey) return
    const way = ARROWS[event.key]
    const does = {
      Enter: () => this.tell.enter(),
      ' ': () => this.tell.enter(),
      Delete: () => this.tell.remove(),
      Home: () => this.people[0].focus(),
      End: () => this.people.at(-1).focus(),
      '+': () => this.zoom(1.25),
      '-': () => this.zoom(1 / 1.25)
    }[event.key]
    if (way) event.shiftKey ? this.move(way) : this.nearest(one, way)?.focus({ preventScroll: true })
    else if (does) does()
    else return
    event.preventDefault()
  }

  // The next person in a direction: as straight ahead as may be, near before far.
  nearest (from, way) {
    const [x, y] = WAYS[way]
    const far = one => {
      const [dx, dy] = [one.dataset.x - from.dataset.x, one.dataset.y - from.dataset.y]
      const [ahead, aside] = [dx * x + dy * y, Math.abs(dx * y) + Math.abs(dy * x)]
      return ahead > 1 ? ahead + 2 * aside : Infinity
    }
    const found = this.people.map(one => [far(one), one]).filter(([length]) => length < Infinity)
    return found.sort(([one], [other]) => one - other)[0]?.[1]
  }

  // Pointers: from one person to another is a link, on the ground it moves the drawing.

  start (event) {
    if (!this.svg || event.button > 0) return
    const one = event.target.closest('[data-person]')
    this.down = { one, x: event.clientX, y: event.clientY, at: [this.x, this.y], line: null, moved: false }
  }

  drag (event) {
    if (!this.down) return
    const [dx, dy] = [event.clientX - this.down.x, event.clientY - this.down.y]
    if (!this.down.moved && Math.hypot(dx, dy) < SLIP) return
    if (!this.down.moved) this.frame.setPointerCapture(event.pointerId)
    this.down.moved = true
    if (this.down.one) this.stretch(event)
    else {
      [this.x, this.y] = [this.down.at[0] - dx / this.scale, this.down.at[1] - dy / this.scale]
      this.apply()
    }
  }

  stretch (event) {
    const rect = this.frame.getBoundingClientRect()
    if (!this.down.line) {
      this.down.line = document.createElementNS(NS, 'line')
      this.down.line.setAttribute('class', 'app-canvas__pull')
      this.down.line.setAttribute('x1', this.down.one.dataset.x)
      this.down.line.setAttribute('y1', this.down.one.dataset.y)
      this.svg.append(this.down.line)
    }
    this.down.line.setAttribute('x2', this.x + (event.clientX - rect.left) / this.scale)
    this.down.line.setAttribute('y2', this.y + (event.clientY - rect.top) / this.scale)
  }

  end (event) {
    const down = this.down
    this.down = null
    if (!down) return
    down.line?.remove()
    if (event && down.moved && down.one) {
      const other = document.elementFromPoint(event.clientX, event.clientY)?.closest('[data-person]')
      if (other && other !== down.one) this.tell.pull(down.one.dataset.person, other.dataset.person)
    }
    if (this.waiting) {
      const [svg, chosen] = this.waiting
      this.waiting = null
      this.show(svg, chosen)
    }
  }
}
