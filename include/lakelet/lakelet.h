// Everything of lakelet's public API. See session.h for the way in.
#pragma once

#include "lakelet/arrow.h"
#include "lakelet/cancellation.h"
#include "lakelet/configuration.h"
#include "lakelet/error.h"
#include "lakelet/events.h"
#include "lakelet/merge.h"
#include "lakelet/metadata.h"
#include "lakelet/partitioning.h"
#include "lakelet/report.h"
#include "lakelet/rows.h"
#include "lakelet/schema.h"
#include "lakelet/session.h"
#include "lakelet/source.h"
#include "lakelet/table.h"
#include "lakelet/value.h"
#include "lakelet/write_options.h"
