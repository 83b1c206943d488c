// The page's words in the reader's language: English, German, Swedish.
const WORDS = {
  en: {
    bench: "Bench", docs: "HTTP API", sound: "Sound", plus_day: "+1 day", engine: "Engine", add: "Put a car on the bench",
    vin: "VIN", profile: "Display", add_it: "Add", signals: "Signals", speed: "Speed, km/h", outside: "Outside, °C",
    latitude: "Latitude", longitude: "Longitude", odometer: "Odometer, km", service_due: "Service due",
    all_signals: "All signals", settings: "Car and network", language: "Language", brightness: "Day or night",
    by_sun: "by the sun", day: "day", night: "night", units: "Distances", miles: "miles", network: "Network", on: "on",
    slow: "slow", off: "off", notifications: "Display notifications", navigation: "Sensus Navigation",
    clock_24h: "24-hour clock", muted: "Chimes off", reset: "Make it new", remove: "Take it away",
    why: "Why it pops up, or not", happens: "What happens", tree: "On screen, as a tree",
    keyboard: "Click here, then: ↑ ↓ or the wheel is TUNE · Enter OK/MENU · Esc EXIT · M N R D T · I turns the key. Shift makes a press long.",
    simulated: "Simulated time", online: "on line", offline: "off line", dark: "The screen is dark",
    nothing_pushed: "Nothing has been pushed to this car.", free: "nothing holds it back", shown: "shown before",
    lost: "The bench does not answer. Trying again …", key_group: "Key", screen_of: "Screen of", controls_of: "Head unit of",
    no_cars: "There is no car on this bench.", pop_up: "pop-up", picture: "picture", chime: "chime", silent: "silent",
    created: "put on the bench", removed: "taken away", reset_done: "made new", missed: "entries missed",
    version: "version", journal: "Journal", pseudo: "Pseudo-locale",
    tune_left: "TUNE anticlockwise", tune_right: "TUNE clockwise", wheel_up: "Thumbwheel up", wheel_press: "Thumbwheel press",
    wheel_down: "Thumbwheel down", wheel_back: "Back", key_off: "Key position 0", key_acc: "Key position I",
    key_on: "Key position II", key_running: "Engine running", home: "Home",
  },
  de: {
    bench: "Prüfstand", docs: "HTTP-API", sound: "Ton", plus_day: "+1 Tag", engine: "Motor", add: "Fahrzeug auf den Prüfstand stellen",
    vin: "VIN", profile: "Display", add_it: "Hinzufügen", signals: "Signale", speed: "Geschwindigkeit, km/h", outside: "Außen, °C",
    latitude: "Breite", longitude: "Länge", odometer: "Kilometerstand, km", service_due: "Service fällig",
    all_signals: "Alle Signale", settings: "Fahrzeug und Netz", language: "Sprache", brightness: "Tag oder Nacht",
    by_sun: "Sonnenstand", day: "Tag", night: "Nacht", units: "Entfernungen", miles: "Meilen", network: "Netz", on: "an",
    slow: "langsam", off: "aus", notifications: "Mitteilungen anzeigen", navigation: "Sensus Navigation",
    clock_24h: "24-Stunden-Uhr", muted: "Signaltöne aus", reset: "Auf neu setzen", remove: "Wegnehmen",
    why: "Warum etwas erscheint oder nicht", happens: "Was geschieht", tree: "Auf dem Display, als Baum",
    keyboard: "Hier klicken, dann: ↑ ↓ oder das Mausrad ist TUNE · Eingabe OK/MENU · Esc EXIT · M N R D T · I dreht den Schlüssel. Mit Umschalt wird lange gedrückt.",
    simulated: "Simulierte Zeit", online: "verbunden", offline: "nicht verbunden", dark: "Das Display ist dunkel",
    nothing_pushed: "An dieses Fahrzeug wurde nichts gesendet.", free: "nichts hält es zurück", shown: "schon gezeigt",
    lost: "Der Prüfstand antwortet nicht. Neuer Versuch …", key_group: "Schlüssel", screen_of: "Display von", controls_of: "Bedienteil von",
    no_cars: "Auf diesem Prüfstand steht kein Fahrzeug.", pop_up: "Pop-up", picture: "Bild", chime: "Signalton", silent: "stumm",
    created: "auf den Prüfstand gestellt", removed: "weggenommen", reset_done: "auf neu gesetzt", missed: "Einträge verpasst",
    version: "Fassung", journal: "Journal", pseudo: "Pseudosprache",
    tune_left: "TUNE gegen den Uhrzeigersinn", tune_right: "TUNE im Uhrzeigersinn", wheel_up: "Daumenrad nach oben",
    wheel_press: "Daumenrad drücken", wheel_down: "Daumenrad nach unten", wheel_back: "Zurück", key_off: "Schlüssel\u00adstellung 0",
    key_acc: "Schlüssel\u00adstellung I", key_on: "Schlüssel\u00adstellung II", key_running: "Motor läuft", home: "Startseite",
  },
  sv: {
    bench: "Provbänk", docs: "HTTP-API", sound: "Ljud", plus_day: "+1 dag", engine: "Motor", add: "Ställ en bil på bänken",
    vin: "VIN", profile: "Display", add_it: "Lägg till", signals: "Signaler", speed: "Hastighet, km/h", outside: "Ute, °C",
    latitude: "Latitud", longitude: "Longitud", odometer: "Vägmätare, km", service_due: "Dags för service",
    all_signals: "Alla signaler", settings: "Bil och nät", language: "Språk", brightness: "Dag eller natt",
    by_sun: "efter solen", day: "dag", night: "natt", units: "Avstånd", miles: "miles", network: "Nät", on: "på",
    slow: "långsamt", off: "av", notifications: "Visa aviseringar", navigation: "Sensus Navigation",
    clock_24h: "24-timmarsklocka", muted: "Ljudsignaler av", reset: "Gör den ny", remove: "Ta bort",
    why: "Varför något visas eller inte", happens: "Vad som händer", tree: "På skärmen, som ett träd",
    keyboard: "Klicka här, sedan: ↑ ↓ eller hjulet är TUNE · Enter OK/MENU · Esc EXIT · M N R D T · I vrider nyckeln. Med Skift blir trycket långt.",
    simulated: "Simulerad tid", online: "ansluten", offline: "inte ansluten", dark: "Skärmen är mörk",
    nothing_pushed: "Inget har skickats till den här bilen.", free: "inget håller det tillbaka", shown: "har visats",
    lost: "Provbänken svarar inte. Försöker igen …", key_group: "Nyckel", screen_of: "Skärm i", controls_of: "Huvudenhet i",
    no_cars: "Det står ingen bil på den här bänken.", pop_up: "popup", picture: "bild", chime: "ljudsignal", silent: "tyst",
    created: "ställd på bänken", removed: "borttagen", reset_done: "gjord ny", missed: "poster missade",
    version: "version", journal: "Journal", pseudo: "Pseudospråk",
    tune_left: "TUNE moturs", tune_right: "TUNE medurs", wheel_up: "Tumhjul upp", wheel_press: "Tryck på tumhjulet",
    wheel_down: "Tumhjul ner", wheel_back: "Tillbaka", key_off: "Nyckelläge 0", key_acc: "Nyckelläge I",
    key_on: "Nyckelläge II", key_running: "Motorn går", home: "Hem",
  },
};

export const language = navigator.languages.map((tag) => tag.slice(0, 2)).find((tag) => tag in WORDS) ?? "en";

// Dates as the language writes them; English as in Europe, where the cars are.
export const locale = { en: "en-GB", de: "de-DE", sv: "sv-SE" }[language];

export const say = (key) => WORDS[language][key];

// Puts the words into a piece of the page; the HTML itself is English.
export function worded(root) {
  for (const one of root.querySelectorAll("[data-say]")) one.textContent = say(one.dataset.say);
  for (const one of root.querySelectorAll("[data-name]")) one.setAttribute("aria-label", say(one.dataset.name));
  return root;
}
