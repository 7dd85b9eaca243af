'''What every page has to be, whatever it is about: looked at in light and dark, on a screen, a phone
and a narrow phone.'''

import pathlib

SIZES = [('screen', 1000, 1000, False), ('phone', 360, 740, True), ('narrow', 320, 640, True)]


def inspect(browser, check, name, folder):
    '''Checks the page that is open, and keeps pictures of it; gives those in which a QR code is.'''
    pictures = {}
    check(f'{name}: outline', browser.script(OUTLINE), [])
    for color, is_dark in (('light', False), ('dark', True)):
        browser.dark(is_dark)
        check(f'{name}: contrast, {color}', browser.script(CONTRAST), [])
        for size, width, height, is_phone in SIZES:
            browser.size(width, height, is_phone)
            key = f'{name}-{color}-{size}'
            check(f'{key}: what does not fit', browser.script(WIDE), [])
            if is_phone:
                check(f'{key}: too small to touch', browser.script(SMALL), [])
            pictures[key] = browser.picture('svg') if browser.has('.qr svg') else None
            pathlib.Path(folder, f'{key}.png').write_bytes(browser.picture())
    browser.dark(False)
    browser.size(*SIZES[0][1:])
    return {key: picture for key, picture in pictures.items() if picture}


# One heading of the first rank, landmarks, a language, a title, and a name for each field; no script,
# no style of its own, nothing from elsewhere.
OUTLINE = '''
const problems = [];
const count = (selector, wanted) => {
    const found = document.querySelectorAll(selector).length;
    if (found !== wanted) problems.push(`${found} ${selector}`);
};
for (const selector of ["h1", "main", "header", "html[lang]", "head > title"]) count(selector, 1);
for (const selector of ["script", "[style]", "style", "iframe", "[onclick]", "h3"]) count(selector, 0);
for (const field of document.querySelectorAll("input:not([type=hidden], [hidden])")) {
    if (!field.labels.length) problems.push(`no label: ${field.outerHTML}`);
    for (const id of (field.getAttribute("aria-describedby") || "").split(" ").filter(Boolean)) {
        if (!document.getElementById(id)) problems.push(`no #${id}`);
    }
}
const ids = [...document.querySelectorAll("[id]")].map((element) => element.id);
if (new Set(ids).size !== ids.length) problems.push("an id twice");
for (const picture of document.querySelectorAll("svg")) {
    const title = picture.querySelector(":scope > title");
    if (picture.getAttribute("role") !== "img" || !title?.textContent) problems.push("svg without a name");
}
for (const entry of performance.getEntriesByType("resource")) {
    if (new URL(entry.name).origin !== location.origin) problems.push(entry.name);
}
return problems;
'''

# Nothing to scroll to on the right.
WIDE = '''
const width = document.documentElement.clientWidth;
const wide = [...document.querySelectorAll("body *")]
    .filter((element) => element.getBoundingClientRect().right > width + 0.5)
    .map((element) => element.outerHTML.slice(0, 80));
if (document.documentElement.scrollWidth > window.innerWidth) wide.push("the page");
return wide;
'''

# WCAG 2.2, 2.5.5: 44 by 44 pixels; a link within a sentence is let off, as there.
SMALL = '''
const touched = "button, input:not([type=hidden], [hidden]), summary, a";
return [...document.querySelectorAll(touched)].filter((element) => {
    const inline = element.matches("a") && getComputedStyle(element).display === "inline";
    if (inline || element.matches(".skip")) return false;
    const box = (element.matches("[type=checkbox]") ? element.labels[0] : element).getBoundingClientRect();
    return box.width < 44 || box.height < 44;
}).map((element) => element.outerHTML.slice(0, 80));
'''

# WCAG 2.2, 1.4.3 and 1.4.11: 4.5 to 1 for text, 3 to 1 for the edge of a field.
CONTRAST = '''
const parse = (text) => {
    const [red, green, blue, alpha = 1] = text.match(/[\\d.]+/g).map(Number);
    return { rgb: [red, green, blue], alpha };
};
const luminance = (rgb) => {
    const [red, green, blue] = rgb.map((value) => {
        const part = value / 255;
        return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
};
const ratio = (one, other) => {
    const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
};
const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
        const color = parse(getComputedStyle(at).backgroundColor);
        if (color.alpha === 1) return color.rgb;
    }
    return [255, 255, 255];
};
const problems = [];
const look = (element, color, under, wanted) => {
    const found = ratio(parse(color).rgb, ground(under));
    if (found < wanted) problems.push(`${found.toFixed(2)}: ${element.outerHTML.slice(0, 80)}`);
};
for (const element of document.querySelectorAll("body *:not(svg *)")) {
    const style = getComputedStyle(element);
    const texts = [...element.childNodes].filter((node) => node.nodeType === 3 && node.data.trim());
    if (texts.length) look(element, style.color, element, 4.5);
    if (element.matches("input[type=text], input[type=password]")) {
        look(element, style.color, element, 4.5);
        look(element, style.borderTopColor, element.parentElement, 3);
    }
}
if (!document.querySelector("h1")) problems.push("nothing was looked at");
return problems;
'''
