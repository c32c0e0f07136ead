#include "bindings/arrow_capsules.h"

#include <cerrno>
#include <cstring>
#include <exception>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "bindings/waiting.h"

namespace lakelet::python {
namespace {

template <typename T>
T* pointer_of(nb::handle capsule, const char* name) {
  auto* pointer = static_cast<T*>(PyCapsule_GetPointer(capsule.ptr(), name));
  if (!pointer) throw nb::python_error();
  if (!pointer->release) throw nb::value_error("these rows were read already: an Arrow stream can be read only once");
  return pointer;
}

template <typename T>
void let_go(void* pointer) noexcept {
  auto* owned = static_cast<T*>(pointer);
  if (owned->release) owned->release(owned);
  delete owned;
}

// A stream of one batch that is there already.
struct OneBatch {
  OwnedArrowSchema schema;
  OwnedArrowArray batch;
  bool schema_given = false;
};

int copy_schema(const ArrowSchema& from, ArrowSchema* out);

struct CopiedSchema {
  std::string format, name, metadata;
  std::vector<ArrowSchema> storage;
  std::vector<ArrowSchema*> children;
  std::unique_ptr<ArrowSchema> dictionary;
};

std::size_t metadata_size(const char* bytes) {
  const auto number = [](const char* at) {
    std::int32_t value;
    std::memcpy(&value, at, sizeof value);
    return static_cast<std::size_t>(value);
  };
  const char* at = bytes;
  const std::size_t pairs = number(at);
  at += 4;
  for (std::size_t i = 0; i < 2 * pairs; ++i) at += 4 + number(at);
  return static_cast<std::size_t>(at - bytes);
}

void release_copy(ArrowSchema* schema) {
  auto* copy = static_cast<CopiedSchema*>(schema->private_data);
  for (ArrowSchema& child : copy->storage) {
    if (child.release) child.release(&child);
  }
  if (copy->dictionary && copy->dictionary->release) copy->dictionary->release(copy->dictionary.get());
  delete copy;
  schema->release = nullptr;
}

int copy_schema(const ArrowSchema& from, ArrowSchema* out) {
  auto copy = std::make_unique<CopiedSchema>();
  copy->format = from.format;
  copy->name = from.name ? from.name : "";
  if (from.metadata) copy->metadata.assign(from.metadata, metadata_size(from.metadata));
  copy->storage.resize(static_cast<std::size_t>(from.n_children));
  for (std::size_t i = 0; i < copy->storage.size(); ++i) {
    copy_schema(*from.children[i], &copy->storage[i]);
    copy->children.push_back(&copy->storage[i]);
  }
  if (from.dictionary) {
    copy->dictionary = std::make_unique<ArrowSchema>();
    copy_schema(*from.dictionary, copy->dictionary.get());
  }
  *out = {};
  out->format = copy->format.c_str();
  out->name = copy->name.c_str();
  out->metadata = from.metadata ? copy->metadata.data() : nullptr;
  out->flags = from.flags;
  out->n_children = from.n_children;
  out->children = copy->children.data();
  out->dictionary = copy->dictionary.get();
  out->release = release_copy;
  out->private_data = copy.release();
  return 0;
}

OwnedArrowStream one_batch(OwnedArrowSchema schema, OwnedArrowArray batch) {
  ArrowArrayStream stream;
  stream.get_schema = [](ArrowArrayStream* self, ArrowSchema* out) {
    return copy_schema(*static_cast<OneBatch*>(self->private_data)->schema.get(), out);
  };
  stream.get_next = [](ArrowArrayStream* self, ArrowArray* out) {
    static_cast<OneBatch*>(self->private_data)->batch.export_to(out);
    return 0;
  };
  stream.get_last_error = [](ArrowArrayStream*) { return ""; };
  stream.release = [](ArrowArrayStream* self) {
    delete static_cast<OneBatch*>(self->private_data);
    self->release = nullptr;
  };
  stream.private_data = new OneBatch{std::move(schema), std::move(batch)};
  return OwnedArrowStream(&stream);
}

bool same_schema(const ArrowSchema& a, const ArrowSchema& b) {
  if (std::string_view(a.format) != b.format || a.n_children != b.n_children) return false;
  if ((a.dictionary != nullptr) != (b.dictionary != nullptr)) return false;
  if (a.dictionary && !same_schema(*a.dictionary, *b.dictionary)) return false;
  for (std::int64_t i = 0; i < a.n_children; ++i) {
    const ArrowSchema &x = *a.children[i], &y = *b.children[i];
    if (std::string_view(x.name ? x.name : "") != (y.name ? y.name : "") || !same_schema(x, y)) return false;
  }
  return true;
}

OwnedArrowSchema schema_of_stream(ArrowArrayStream& stream) {
  OwnedArrowSchema schema;
  if (stream.get_schema(&stream, schema.get()) != 0) {
    const char* text = stream.get_last_error(&stream);
    throw nb::value_error(text ? text : "the Arrow stream has no schema");
  }
  return schema;
}

// The batches of what an iterator gives, one object after the other.
class Batches {
 public:
  Batches(nb::object iterator, std::shared_ptr<PythonFailure> failure)
      : iterator_(std::move(iterator)), failure_(std::move(failure)) {
    if (!advance()) throw nb::value_error("the iterator gave no batch, so there are no columns to know");
    schema_ = schema_of_stream(*current_.get());
  }

  static int get_schema(ArrowArrayStream* self, ArrowSchema* out) { return copy_schema(*of(self).schema_.get(), out); }
  static int get_next(ArrowArrayStream* self, ArrowArray* out) { return of(self).next(out); }
  static const char* last_error(ArrowArrayStream* self) { return of(self).problem_.c_str(); }
  static void release(ArrowArrayStream* self) {
    const nb::gil_scoped_acquire gil;
    delete &of(self);
    self->release = nullptr;
  }

 private:
  static Batches& of(ArrowArrayStream* self) { return *static_cast<Batches*>(self->private_data); }

  // To the next object of the iterator; false at its end. With the GIL held.
  bool advance() {
    nb::object item = nb::steal(PyIter_Next(iterator_.ptr()));
    if (!item.is_valid()) {
      if (PyErr_Occurred()) throw nb::python_error();
      return false;
    }
    current_ = stream_of(item);
    return true;
  }

  int next(ArrowArray* out) {
    try {
      while (true) {
        if (const int code = current_->get_next(current_.get(), out)) {
          const char* text = current_->get_last_error(current_.get());
          problem_ = text ? text : "reading the rows failed";
          return code;
        }
        if (out->release) return 0;
        const nb::gil_scoped_acquire gil;
        if (!advance_to_same()) {
          out->release = nullptr;
          return 0;
        }
      }
    } catch (const std::exception& error) {
      problem_ = error.what();
      return EINVAL;
    }
  }

  bool advance_to_same() {
    try {
      if (!advance()) return false;
      const OwnedArrowSchema schema = schema_of_stream(*current_.get());
      if (!same_schema(*schema.get(), *schema_.get())) {
        PyErr_SetString(PyExc_ValueError, "a batch has other columns or types than the first one");
        throw nb::python_error();
      }
      return true;
    } catch (nb::python_error& error) {
      failure_->keep(error);
      throw std::runtime_error(error.what());
    }
  }

  nb::object iterator_;
  std::shared_ptr<PythonFailure> failure_;
  OwnedArrowStream current_;
  OwnedArrowSchema schema_;
  std::string problem_;
};

// Rows on their way out: pulled without the GIL, and stopped by Ctrl-C.
struct Outgoing {
  OwnedArrowStream rows;
  std::function<void()> cancel;
  std::string problem;
};

Outgoing& outgoing(ArrowArrayStream* self) {
  return *static_cast<Outgoing*>(self->private_data);
}

int pull(ArrowArrayStream* self, ArrowArray* out) {
  Outgoing& stream = outgoing(self);
  try {
    return without_gil(stream.cancel, [&] { return stream.rows->get_next(stream.rows.get(), out); });
  } catch (nb::python_error& error) {
    stream.problem = "interrupted";
    error.restore();
    PyErr_Clear();
    PyErr_SetInterrupt();  // the interpreter raises it when the caller of this C function returns
    return ECANCELED;
  } catch (const std::exception& error) {
    stream.problem = error.what();
    return EIO;
  }
}

}  // namespace

PythonFailure::~PythonFailure() {
  if (!exception) return;
  const nb::gil_scoped_acquire gil;
  Py_DECREF(exception);
}

void PythonFailure::keep(nb::python_error& error) {
  if (!exception) exception = nb::borrow(error.value()).release().ptr();
}

void PythonFailure::raise() {
  if (!exception) return;
  PyErr_SetObject(reinterpret_cast<PyObject*>(Py_TYPE(exception)), exception);
  throw nb::python_error();
}

OwnedArrowSchema schema_of(nb::handle object) {
  if (nb::hasattr(object, "__arrow_c_schema__")) {
    const nb::object capsule = object.attr("__arrow_c_schema__")();
    return OwnedArrowSchema(pointer_of<ArrowSchema>(capsule, "arrow_schema"));
  }
  const OwnedArrowStream stream = stream_of(object);
  return schema_of_stream(*const_cast<OwnedArrowStream&>(stream).get());
}

OwnedArrowStream stream_of(nb::handle object) {
  if (nb::hasattr(object, "__arrow_c_stream__")) {
    const nb::object capsule = object.attr("__arrow_c_stream__")();
    return OwnedArrowStream(pointer_of<ArrowArrayStream>(capsule, "arrow_array_stream"));
  }
  if (nb::hasattr(object, "__arrow_c_array__")) {
    const nb::tuple pair = nb::cast<nb::tuple>(object.attr("__arrow_c_array__")());
    OwnedArrowSchema schema(pointer_of<ArrowSchema>(pair[0], "arrow_schema"));
    return one_batch(std::move(schema), OwnedArrowArray(pointer_of<ArrowArray>(pair[1], "arrow_array")));
  }
  const std::string type = nb::type_name(object.type()).c_str();
  throw nb::type_error(("rows can't be read from a " + type).c_str());
}

OwnedArrowStream stream_of_batches(nb::object iterator, std::shared_ptr<PythonFailure> failure) {
  ArrowArrayStream stream;
  stream.get_schema = Batches::get_schema;
  stream.get_next = Batches::get_next;
  stream.get_last_error = Batches::last_error;
  stream.release = Batches::release;
  stream.private_data = new Batches(std::move(iterator), std::move(failure));
  return OwnedArrowStream(&stream);
}

nb::capsule to_capsule(OwnedArrowSchema schema) {
  auto owned = std::make_unique<ArrowSchema>();
  schema.export_to(owned.get());
  return nb::capsule(owned.release(), "arrow_schema", let_go<ArrowSchema>);
}

nb::capsule to_capsule(OwnedArrowArray batch) {
  auto owned = std::make_unique<ArrowArray>();
  batch.export_to(owned.get());
  return nb::capsule(owned.release(), "arrow_array", let_go<ArrowArray>);
}

nb::capsule to_capsule(OwnedArrowStream stream, std::function<void()> cancel) {
  auto owned = std::make_unique<ArrowArrayStream>();
  owned->get_schema = [](ArrowArrayStream* self, ArrowSchema* out) {
    Outgoing& stream = outgoing(self);
    return stream.rows->get_schema(stream.rows.get(), out);
  };
  owned->get_next = pull;
  owned->get_last_error = [](ArrowArrayStream* self) {
    Outgoing& stream = outgoing(self);
    return stream.problem.empty() ? stream.rows->get_last_error(stream.rows.get()) : stream.problem.c_str();
  };
  owned->release = [](ArrowArrayStream* self) {
    without_python([self] { delete &outgoing(self); });
    self->release = nullptr;
  };
  owned->private_data = new Outgoing{std::move(stream), std::move(cancel), {}};
  return nb::capsule(owned.release(), "arrow_array_stream", let_go<ArrowArrayStream>);
}

}  // namespace lakelet::python
