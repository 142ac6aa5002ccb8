import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core';

/** The one accent. White text on shades 6 and 7 has a contrast of 5 and more. */
const accent: MantineColorsTuple = [
  '#eef2fc',
  '#dfe6f8',
  '#bccbf0',
  '#97aee7',
  '#7793df',
  '#5f7fd8',
  '#3f66cc',
  '#2954bc',
  '#2349a4',
  '#1b3b87',
];

/** Red as text on white and on itself needs darker shades than Mantine's. */
const red: MantineColorsTuple = [
  '#fdf0f0',
  '#fadcdc',
  '#f3b7b7',
  '#ee9292',
  '#ea7676',
  '#de5555',
  '#d13c3c',
  '#b92626',
  '#a11f1f',
  '#841717',
];

const SANS = "'Pretendard Variable', -apple-system, 'Segoe UI', 'Apple SD Gothic Neo', 'Malgun Gothic', sans-serif";

export const theme = createTheme({
  colors: { accent, red },
  primaryColor: 'accent',
  primaryShade: { light: 7, dark: 6 },
  fontFamily: SANS,
  fontFamilyMonospace: "ui-monospace, 'SF Mono', 'Cascadia Mono', Menlo, Consolas, monospace",
  fontSizes: { xs: '0.75rem', sm: '0.875rem', md: '0.875rem', lg: '1rem', xl: '1.25rem' },
  lineHeights: { xs: '1.5', sm: '1.6', md: '1.6', lg: '1.6', xl: '1.4' },
  radius: { xs: '2px', sm: '4px', md: '4px', lg: '4px', xl: '4px' },
  defaultRadius: 'sm',
  spacing: { xs: '8px', sm: '12px', md: '16px', lg: '24px', xl: '32px' },
  headings: {
    fontFamily: SANS,
    fontWeight: '600',
    sizes: {
      h1: { fontSize: '1.75rem', lineHeight: '1.3' },
      h2: { fontSize: '1.25rem', lineHeight: '1.4' },
      h3: { fontSize: '1rem', lineHeight: '1.5' },
      h4: { fontSize: '0.875rem', lineHeight: '1.5' },
    },
  },
  focusRing: 'auto',
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    // No shadows and no blur but the shade behind what lies over the page.
    Overlay: { defaultProps: { blur: 0 } },
    Modal: { defaultProps: { overlayProps: { blur: 0, backgroundOpacity: 0.45 }, transitionProps: { duration: 0 } } },
    Drawer: { defaultProps: { overlayProps: { blur: 0, backgroundOpacity: 0.45 }, transitionProps: { duration: 0 } } },
    Menu: { defaultProps: { transitionProps: { duration: 0 }, shadow: 'sm' } },
    Popover: { defaultProps: { transitionProps: { duration: 0 }, shadow: 'sm' } },
  },
});

/** The colours that Mantine's defaults lack: more contrast of secondary text, and those of series in charts. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-text': '#1c1f24',
    '--mantine-color-dimmed': '#5a626c',
    '--mantine-color-placeholder': '#6b737d',
    '--mantine-color-default-border': '#d9dde3',
    '--mantine-color-error': '#b92626',
    '--surface': '#ffffff',
    '--surface-raised': '#f6f7f9',
    '--accent-text': '#2349a4',
    '--accent-surface': '#e8eefb',
    '--good': '#1d6b3a',
    '--soon': '#8a5300',
    '--bad': '#b92626',
    '--series-1': '#2954bc',
    '--series-2': '#c38148',
    '--series-3': '#062372',
    '--series-4': '#3295f6',
    '--series-5': '#844a51',
    '--series-6': '#590a0f',
    '--series-others': '#7d828a',
  },
  dark: {
    '--mantine-color-body': '#1a1b1e',
    '--mantine-color-text': '#e4e6ea',
    '--mantine-color-dimmed': '#a4abb4',
    '--mantine-color-placeholder': '#8e959e',
    '--mantine-color-default-border': '#383b41',
    '--mantine-color-error': '#ee9292',
    '--mantine-color-anchor': '#97aee7',
    '--surface': '#1a1b1e',
    '--surface-raised': '#212327',
    '--accent-text': '#bccbf0',
    '--accent-surface': '#28324d',
    '--good': '#6fcf97',
    '--soon': '#f0b95e',
    '--bad': '#ee9292',
    '--series-1': '#6bbaf0',
    '--series-2': '#be9766',
    '--series-3': '#3e64b9',
    '--series-4': '#f9d630',
    '--series-5': '#915848',
    '--series-6': '#affded',
    '--series-others': '#7d828a',
  },
});
