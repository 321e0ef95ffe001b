#ifndef CDASHBOARD_H
#define CDASHBOARD_H
#include <stddef.h>

/// One file of dashboards/web, embedded when the binary is built.
struct dashboard_file {
  const char *name;
  const char *media_type;
  const unsigned char *bytes;
  size_t count;
};

/// The file at `position`, or NULL past the last one.
const struct dashboard_file *dashboard_file_at(size_t position);
#endif
