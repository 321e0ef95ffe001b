#include "cdashboard.h"

static const unsigned char index_html[] = {
#embed "../../dashboards/web/index.html"
};
static const unsigned char dashboard_css[] = {
#embed "../../dashboards/web/dashboard.css"
};
static const unsigned char icon_svg[] = {
#embed "../../dashboards/web/icon.svg"
};
static const unsigned char main_js[] = {
#embed "../../dashboards/web/main.js"
};
static const unsigned char client_js[] = {
#embed "../../dashboards/web/client.js"
};
static const unsigned char dom_js[] = {
#embed "../../dashboards/web/dom.js"
};
static const unsigned char format_js[] = {
#embed "../../dashboards/web/format.js"
};
static const unsigned char decisions_js[] = {
#embed "../../dashboards/web/decisions.js"
};
static const unsigned char runs_js[] = {
#embed "../../dashboards/web/runs.js"
};
static const unsigned char budgets_js[] = {
#embed "../../dashboards/web/budgets.js"
};
static const unsigned char inventory_js[] = {
#embed "../../dashboards/web/inventory.js"
};

#define HTML "text/html; charset=utf-8"
#define CSS "text/css; charset=utf-8"
#define SVG "image/svg+xml"
#define JS "text/javascript; charset=utf-8"

static const struct dashboard_file files[] = {
    {"index.html", HTML, index_html, sizeof index_html},
    {"dashboard.css", CSS, dashboard_css, sizeof dashboard_css},
    {"icon.svg", SVG, icon_svg, sizeof icon_svg},
    {"main.js", JS, main_js, sizeof main_js},
    {"client.js", JS, client_js, sizeof client_js},
    {"dom.js", JS, dom_js, sizeof dom_js},
    {"format.js", JS, format_js, sizeof format_js},
    {"decisions.js", JS, decisions_js, sizeof decisions_js},
    {"runs.js", JS, runs_js, sizeof runs_js},
    {"budgets.js", JS, budgets_js, sizeof budgets_js},
    {"inventory.js", JS, inventory_js, sizeof inventory_js},
};

const struct dashboard_file *dashboard_file_at(size_t position) {
  return position < sizeof files / sizeof files[0] ? &files[position] : NULL;
}
