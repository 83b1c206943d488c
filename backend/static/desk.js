// What the desk adds where scripts run; every page works without. Later parts hook on by data attributes.
"use strict";
