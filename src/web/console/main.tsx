import { render } from 'preact'
import '../shared/tokens.css'
import '../shared/base.css'
import './style/page.css'
import './style/conversation.css'
import './style/figures.css'
import { App } from './app'

const place = document.getElementById('app')
if (place !== null) {
  place.replaceChildren()
  render(<App />, place)
}
// A page out of the browser's memory would show what somebody else was reading.
addEventListener('pageshow', (event) => {
  if (event.persisted) location.reload()
})
