import { Icon } from '../shared/icon'

export const Send = () => <Icon path="M3 20.5v-7L12 12l-9-1.500v-7L22 12z" />
export const Menu = () => <Icon path="M3 6h18v2H3zm0 5h18v2H3zm0 5h18v2H3z" />
export const More = () => (
  <Icon path="M12 4a2 2 0 1 1 0 4 2 2 0 0 1 0-4zm0 6a2 2 0 1 1 0 4 2 2 0 0 1 0-4zm0 6a2 2 0 1 1 0 4 2 2 0 0 1 0-4z" />
)
export const Back = () => <Icon path="M20 11H7.800l5.6-5.600L12 4l-8 8 8 8 1.4-1.400L7.8 13H20z" />
export const Web = () => (
  <Icon path="M4 3h16a2 2 0 0 1 2 2v11a2 2 0 0 1-2 2h-9l-5 4v-4H4a2 2 0 0 1-2-2V5c0-1.1.9-2 2-2zm2 4v2h12V7zm0 4v2h8v-2z" />
)
export const WhatsApp = () => (
  <Icon path="M12 2a10 10 0 0 0-8.6 15L2 22l5.2-1.400A10 10 0 1 0 12 2zM8.5 7c.3 0 .6 0 .8.500l.9 2c.1.3.1.5-.1.800l-.8 1c.8 1.6 2 2.7 3.6 3.400l.9-1.100c.3-.3.5-.3.8-.2l1.9.9c.4.2.5.4.5.7-.1 1.5-1.2 2.4-2.6 2.3-3.9-.5-7.3-4.2-7.5-7.7 0-1.4.7-2.4 1.6-2.600z" />
)
export const Sms = () => (
  <Icon path="M7 1h10a2 2 0 0 1 2 2v18a2 2 0 0 1-2 2H7a2 2 0 0 1-2-2V3c0-1.1.9-2 2-2zm0 4v13h10V5zm1.5 3h7v1.500h-7zm0 3h7v1.500h-7zM11 19.500v1.500h2v-1.500z" />
)
export const Alert = () => <Icon path="M12 2 1 21h22zm-1 7h2v6h-2zm0 8h2v2h-2z" />
export const Check = () => <Icon path="m9 16.2-4.2-4.200L3.4 13.4 9 19 21 7l-1.4-1.400z" />
export const Cross = () => (
  <Icon path="M18.3 5.7 12 12l6.3 6.3-1.4 1.400L10.6 13.4 4.3 19.7 2.9 18.3 9.2 12 2.9 5.7 4.3 4.300l6.3 6.3 6.3-6.300z" />
)
export const Clock = () => (
  <Icon path="M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20zm0 18a8 8 0 1 1 0-16 8 8 0 0 1 0 16zm-1-13h2v4.600l3.7 3.7-1.4 1.400L11 12.400z" />
)
export const Clip = () => (
  <Icon path="M16.5 6v11.500a4 4 0 0 1-8 0V5a2.5 2.5 0 0 1 5 0v10.500a1 1 0 0 1-2 0V6H10v9.500a2.5 2.5 0 0 0 5 0V5a4 4 0 0 0-8 0v12.500a5.5 5.5 0 0 0 11 0V6z" />
)
export const Info = () => <Icon path="M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20zm-1 5h2v2h-2zm0 4h2v6h-2z" />
export const Phrases = () => <Icon path="M3 4h18v3H3zm0 6.500h18v3H3zM3 17h11v3H3z" />
export const Eye = () => (
  <Icon path="M12 5C6.5 5 2.3 9.1 1 12c1.3 2.9 5.5 7 11 7s9.7-4.1 11-7c-1.3-2.9-5.5-7-11-7zm0 11.500a4.5 4.5 0 1 1 0-9 4.5 4.5 0 0 1 0 9zm0-2.500a2 2 0 1 0 0-4 2 2 0 0 0 0 4z" />
)
export const ArrowDown = () => <Icon path="M11 4h2v12l5-5 1.4 1.400L12 19.800l-7.4-7.400L6 11l5 5z" />
export const Offline = () => (
  <Icon path="m3.3 2 18.7 18.7-1.3 1.3-4-4H6a5 5 0 0 1-1-9.900L2 5zM19 9.500a4.3 4.3 0 0 1 2.3 7.200L9.6 5.100A7 7 0 0 1 19 9.500z" />
)
