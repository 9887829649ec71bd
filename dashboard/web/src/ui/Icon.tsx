/** Line icons, 18 px, in the colour of the text. They say nothing by themselves: the control has the label. */
const PATHS = {
  alerts: "M9 2.5a5 5 0 0 1 5 5v3l1.500 2.500h-13L4 10.500v-3a5 5 0 0 1 5-5ZM7.500 15.500h3",
  hosts: "M2.500 3.500h13v9h-13zM6 15.500h6M9 12.500v3",
  exceptions: "M5.300 3.900A5 5 0 0 1 14 7.500v3l1.500 2.500M13 13H2.500L4 10.500v-3M7.500 15.500h3M2.500 2.500l13 13",
  copy: "M6.500 6.500h8v8h-8zM11.500 6.500v-3h-8v8h3",
  help: "M6.500 6.800a2.500 2.500 0 1 1 3.700 2.200c-.8.4-1.200.9-1.200 1.800M9 13.500v.1M9 1.800a7.200 7.200 0 1 1 0 14.400A7.200 7.200 0 0 1 9 1.800Z",
  leave: "M7 2.500H3.500v13H7M11 5.500 14.500 9 11 12.500M14.500 9H7",
  system: "M9 2.200a6.800 6.800 0 1 1 0 13.600A6.800 6.800 0 0 1 9 2.200Zm0 0v13.600M9 5h4M9 8h5.500M9 11h5",
  light: "M9 5.500a3.500 3.500 0 1 1 0 7 3.500 3.500 0 0 1 0-7ZM9 1v1.500M9 15.500V17M1 9h1.500M15.500 9H17M3.300 3.300l1.100 1.100M13.600 13.600l1.100 1.100M3.300 14.700l1.100-1.100M13.600 4.400l1.100-1.100",
  dark: "M14.800 11A6.500 6.500 0 0 1 7 3.200 6.500 6.500 0 1 0 14.800 11Z",
  check: "m3.500 9.500 3.500 3.500 7.500-8",
  close: "m5 5 8 8M13 5l-8 8",
  minus: "M4 9h10",
  shield: "M9 1.800 3 4.300v4.400c0 3.800 2.400 6.300 6 7.500 3.600-1.200 6-3.700 6-7.500V4.300L9 1.800Z",
} as const

export type IconName = keyof typeof PATHS

export function Icon({ name }: { name: IconName }) {
  return (
    <svg className="svg-icon" viewBox="0 0 18 18" width="18" height="18" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  )
}
