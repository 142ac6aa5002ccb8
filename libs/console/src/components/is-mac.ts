/** Whether shortcuts are written with ⌘ on this device. */
export const IS_MAC = /mac|iphone|ipad/i.test(navigator.userAgent);
