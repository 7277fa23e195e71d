import { Icon } from '../shared/icon'

export const Send = () => <Icon path="M3 20.5v-7L12 12l-9-1.5v-7L22 12z" />
export const Menu = () => <Icon path="M3 6h18v2H3zm0 5h18v2H3zm0 5h18v2H3z" />
export const Close = () => (
  <Icon path="M18.3 5.7 12 12l6.3 6.3-1.4 1.4L10.600 13.400 4.300 19.700 2.900 18.300 9.200 12 2.900 5.700 4.300 4.300l6.300 6.300 6.300-6.300z" />
)
export const Contrast = () => <Icon path="M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zm0 16V5a7 7 0 1 1 0 14z" />
export const LargeText = () => (
  <Icon path="M2 18 7.500 5h1.500L14.500 18h-2.200l-1.300-3.200H5.500L4.200 18zm4.200-5h4.100l-2-5.200zM18 8v3h-3v2h3v3h2v-3h3v-2h-3V8z" />
)
export const Phone = () => (
  <Icon path="M6.600 10.800a15 15 0 0 0 6.600 6.600l2.200-2.200c.3-.3.700-.4 1-.2 1.200.4 2.400.6 3.600.6.600 0 1 .4 1 1V20c0 .6-.4 1-1 1A17 17 0 0 1 3 4c0-.6.4-1 1-1h3.500c.6 0 1 .4 1 1 0 1.200.2 2.400.6 3.600.1.300 0 .7-.2 1z" />
)
export const Lock = () => (
  <Icon path="M12 2a5 5 0 0 0-5 5v3H5v12h14V10h-2V7a5 5 0 0 0-5-5zm-3 8V7a3 3 0 1 1 6 0v3zm3 3a2 2 0 0 1 1 3.700V19h-2v-2.300a2 2 0 0 1 1-3.700z" />
)
export const Print = () => (
  <Icon path="M6 2h12v5H6zM4 8h16a2 2 0 0 1 2 2v7h-4v5H6v-5H2v-7c0-1.100.9-2 2-2zm4 6v6h8v-6z" />
)
export const Restart = () => <Icon path="M12 5V1L7 6l5 5V7a6 6 0 1 1-6 6H4a8 8 0 1 0 8-8z" />
export const ArrowDown = () => <Icon path="M11 4h2v12l5-5 1.400 1.400L12 19.800l-7.400-7.400L6 11l5 5z" />
export const External = () => (
  <Icon path="M14 3h7v7h-2V6.400l-8.300 8.300-1.400-1.400L17.600 5H14zM5 5h6v2H7v10h10v-4h2v6H5z" />
)
export const Person = () => (
  <Icon path="M12 3a4.500 4.500 0 1 1 0 9 4.500 4.500 0 0 1 0-9zm0 11c5 0 8.500 2.500 8.500 6v1h-17v-1c0-3.500 3.500-6 8.500-6z" />
)
