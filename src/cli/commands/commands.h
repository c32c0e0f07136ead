// One function for each command: it declares the command's options, and what it does.
#pragma once

#include "cli/command_line.h"

namespace lakelet::cli {

void declare_add_files(Command command);
void declare_analyze(Command command);
void declare_clone(Command command);
void declare_convert(Command command);
void declare_create(Command command);
void declare_import(Command command);
void declare_diff(Command command);
void declare_doctor(Command command);
void declare_merge(Command command);
void declare_update(Command command);
void declare_delete(Command command);
void declare_alter(Command command);
void declare_optimize(Command command);
void declare_sql(Command command);
void declare_view(Command command);
void declare_changes(Command command);
void declare_schema(Command command);
void declare_metadata(Command command);
void declare_history(Command command);
void declare_statistics(Command command);
void declare_partitions(Command command);
void declare_files(Command command);
void declare_detail(Command command);
void declare_tables(Command command);
void declare_queries(Command command);
void declare_config(Command command);
void declare_web(Command command);
void declare_vacuum(Command command);
void declare_restore(Command command);
void declare_checkpoint(Command command);
void declare_compact_log(Command command);
void declare_clean_log(Command command);
void declare_branch(Command command);
void declare_tag(Command command);
void declare_cherry_pick(Command command);
void declare_register(Command command);
void declare_namespace(Command command);

}  // namespace lakelet::cli
