import { render } from 'preact'
import '../shared/tokens.css'
import '../shared/base.css'
import './style/page.css'
import './style/messages.css'
import './style/controls.css'
import './style/print.css'
import { App } from './app'
import { applyPreferences, loadPreferences } from './preferences'

const preferences = loadPreferences()
applyPreferences(preferences)

const place = document.getElementById('app')
if (place !== null) {
  place.replaceChildren()
  render(<App preferences={preferences} />, place)
}
