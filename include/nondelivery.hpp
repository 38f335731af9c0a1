/* nondelivery.hpp: nondelivery.h for C++17, and nothing more than that: views in, ranges out.
 *
 *     for (const ndr_recipient &recipient : bounce.recipients())
 *         std::cout << ndr::view(recipient.address) << ": " << ndr::category_name(recipient.verdict.category) << '\n';
 *
 * Every function is noexcept and inline, none allocates, none locks. The structs are those of nondelivery.h, and what that says of
 * ownership holds here: views and recipients point into the message and the scratch. A std::string_view without data is an empty
 * text. What is NULL in C, such as the name of an unknown number, is an empty view here.
 */
#ifndef NONDELIVERY_HPP
#define NONDELIVERY_HPP

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <optional>
#include <string_view>

#include "nondelivery.h"

namespace ndr {

/// The bytes of a slice; empty for one that is not said. Whether it is said at all tells `slice.ptr != nullptr`.
inline std::string_view view(ndr_slice slice) noexcept {
    return slice.ptr == nullptr ? std::string_view() : std::string_view(slice.ptr, slice.len);
}

/// A static text of the library; empty for NULL.
inline std::string_view view(const char *text) noexcept { return text == nullptr ? std::string_view() : std::string_view(text); }

/// A slice of the caller's, for the fields of `ndr_context` and `ndr_rule`.
inline ndr_slice slice(std::string_view text) noexcept { return ndr_slice{text.data(), text.size()}; }

/// The name of a category, `NDR_CATEGORY_*`; empty for an unknown number. The same for the names below.
inline std::string_view category_name(std::uint8_t number) noexcept { return view(ndr_category_name(number)); }
/// The name of an action, `NDR_ACTION_*`.
inline std::string_view action_name(std::uint8_t number) noexcept { return view(ndr_action_name(number)); }
/// The name of a party, `NDR_PARTY_*`.
inline std::string_view party_name(std::uint8_t number) noexcept { return view(ndr_party_name(number)); }
/// The name of a severity, `NDR_SEVERITY_*`.
inline std::string_view severity_name(std::uint8_t number) noexcept { return view(ndr_severity_name(number)); }
/// The name of an evidence, `NDR_EVIDENCE_*`.
inline std::string_view evidence_name(std::uint8_t number) noexcept { return view(ndr_evidence_name(number)); }
/// The name of a kind of message, `NDR_KIND_*`.
inline std::string_view kind_name(std::uint8_t number) noexcept { return view(ndr_kind_name(number)); }
/// The name of what a DSN says was done, `NDR_DSN_ACTION_*`.
inline std::string_view dsn_action_name(std::uint8_t number) noexcept { return view(ndr_dsn_action_name(number)); }
/// The name of a problem with authentication, `NDR_PROBLEM_*`.
inline std::string_view problem_name(std::uint8_t number) noexcept { return view(ndr_problem_name(number)); }
/// What a result means.
inline std::string_view message(ndr_result result) noexcept { return view(ndr_result_message(result)); }

/// Says what a text means; a view longer than any object is taken as empty.
inline ndr_verdict classify(std::string_view text) noexcept {
    ndr_verdict verdict;
    ndr_classify(text.data(), text.size(), &verdict);
    return verdict;
}

/// The same, with what the caller knows; the result tells of rules that are wrong, and the verdict is all zero then.
inline ndr_result classify(const ndr_context &context, std::string_view text, ndr_verdict &verdict) noexcept {
    return ndr_classify_with(&context, text.data(), text.size(), &verdict);
}

/// Parses a status code strictly; nothing when it is none.
inline std::optional<ndr_status> parse_status(std::string_view text) noexcept {
    ndr_status status;
    if (ndr_status_parse(text.data(), text.size(), &status) != NDR_RESULT_OK) {
        return std::nullopt;
    }
    return status;
}

/// A status code as text: `std::cout << ndr::status_text(status).view()`.
class status_text {
public:
    /// Prints the code; nothing when there is none.
    explicit status_text(ndr_status status) noexcept { length_ = ndr_status_format(status, text_, sizeof text_); }

    /// The text, as long as this object.
    std::string_view view() const noexcept { return std::string_view(text_, length_); }

private:
    char text_[NDR_STATUS_SIZE];
    std::size_t length_;
};

namespace detail {

/// The end of every range here.
struct end {};

/// Iterates by asking `Source::next(Item &)` until it is false.
template <typename Source, typename Item>
class iterator {
public:
    using iterator_category = std::input_iterator_tag;
    using value_type = Item;
    using difference_type = std::ptrdiff_t;
    using pointer = const Item *;
    using reference = const Item &;

    explicit iterator(Source source) noexcept : source_(source), item_(), more_(source_.next(item_)) {}

    reference operator*() const noexcept { return item_; }
    pointer operator->() const noexcept { return &item_; }
    iterator &operator++() noexcept {
        more_ = source_.next(item_);
        return *this;
    }
    bool operator==(end) const noexcept { return !more_; }
    bool operator!=(end) const noexcept { return more_; }

private:
    Source source_;
    Item item_;
    bool more_;
};

/// A range that starts anew with every loop.
template <typename Source, typename Item>
class range {
public:
    explicit range(Source source) noexcept : source_(source) {}

    iterator<Source, Item> begin() const noexcept { return iterator<Source, Item>(source_); }
    detail::end end() const noexcept { return {}; }

private:
    Source source_;
};

struct recipient_source {
    ndr_bounce bounce;
    bool next(ndr_recipient &out) noexcept { return ndr_bounce_next(&bounce, &out); }
};

struct judged_source {
    ndr_bounce bounce;
    const ndr_context *context;
    bool next(ndr_recipient &out) noexcept { return ndr_bounce_next_with(context, &bounce, &out) == NDR_RESULT_OK; }
};

struct field_source {
    ndr_fields fields;
    bool next(ndr_field &out) noexcept { return ndr_fields_next(&fields, &out); }
};

struct entry_source {
    std::size_t index;
    bool next(const ndr_entry *&out) noexcept { return (out = ndr_entry_at(index++)) != nullptr; }
};

/// Up to `N` items in place.
template <typename Item, std::size_t N>
struct some {
    std::array<Item, N> items{};
    std::size_t count = 0;

    const Item *begin() const noexcept { return items.data(); }
    const Item *end() const noexcept { return items.data() + size(); }
    std::size_t size() const noexcept { return count < N ? count : N; }
    bool empty() const noexcept { return count == 0; }
};

}  // namespace detail

/// Recipients of a bounce: `for (const ndr_recipient &recipient : bounce.recipients())`.
using recipients = detail::range<detail::recipient_source, ndr_recipient>;

/// The same, judged with a context.
using judged_recipients = detail::range<detail::judged_source, ndr_recipient>;

/// Fields of a header: `for (const ndr_field &field : bounce.original_fields())`.
using fields = detail::range<detail::field_source, ndr_field>;

/// The fields of one recipient's group.
inline fields fields_of(const ndr_recipient &recipient) noexcept { return fields(detail::field_source{recipient.fields}); }

/// All entries of the catalogue: `for (const ndr_entry *entry : ndr::catalog())`.
inline detail::range<detail::entry_source, const ndr_entry *> catalog() noexcept {
    return detail::range<detail::entry_source, const ndr_entry *>(detail::entry_source{0});
}

/// The entries about a status code, most specific first; at most 32.
inline detail::some<const ndr_entry *, 32> lookup(ndr_status status) noexcept {
    detail::some<const ndr_entry *, 32> found;
    found.count = ndr_lookup(status, found.items.data(), found.items.size());
    return found;
}

/// A message that came back, taken apart. May be copied; valid as long as the message and the scratch.
class bounce {
public:
    /// A message that says nothing.
    bounce() noexcept : bounce_() {}

    /// Takes a message apart. The scratch has to be as long as the message at most; the two must not overlap.
    ndr_result parse(std::string_view message, char *scratch, std::size_t scratch_length) noexcept {
        return ndr_bounce_parse(message.data(), message.size(), scratch, scratch_length, &bounce_);
    }

    /// What kind of message it is: `NDR_KIND_*`.
    std::uint8_t kind() const noexcept { return ndr_bounce_kind(&bounce_); }
    /// Whether it is a bounce.
    bool is_bounce() const noexcept { return ndr_kind_is_bounce(kind()); }
    /// Whether a bound was reached, so that some of the message was not looked at.
    bool is_truncated() const noexcept { return ndr_bounce_is_truncated(&bounce_); }
    /// The recipients, from the first, in every loop.
    ndr::recipients recipients() const noexcept {
        detail::recipient_source source{bounce_};
        ndr_bounce_rewind(&source.bounce);
        return ndr::recipients(source);
    }
    /// The same, judged with the site's own rules, as `ndr_bounce_next_with` does. The context has to outlive the range; there is no
    /// recipient when its rules are wrong, which `ndr::classify` tells of any text.
    judged_recipients recipients(const ndr_context &context) const noexcept {
        detail::judged_source source{bounce_, &context};
        ndr_bounce_rewind(&source.bounce);
        return judged_recipients(source);
    }
    /// What the report says to a person.
    std::string_view text() const noexcept { return view(ndr_bounce_text(&bounce_)); }
    /// The value of a field of the report's own header, still folded.
    std::string_view header(std::string_view name) const noexcept { return view(ndr_bounce_header(&bounce_, terminated(name).data())); }
    /// The value of a field of the original message's header, still folded.
    std::string_view original_header(std::string_view name) const noexcept {
        return view(ndr_bounce_original_header(&bounce_, terminated(name).data()));
    }
    /// All fields of the original message's header.
    fields original_fields() const noexcept { return fields(detail::field_source{ndr_bounce_original_fields(&bounce_)}); }
    /// The fields of delivery-status that are about the message.
    fields message_fields() const noexcept { return fields(detail::field_source{ndr_bounce_message_fields(&bounce_)}); }
    /// Original-Envelope-Id.
    std::string_view original_envelope_id() const noexcept { return view(ndr_bounce_original_envelope_id(&bounce_)); }
    /// Reporting-MTA.
    ndr_typed reporting_mta() const noexcept { return ndr_bounce_reporting_mta(&bounce_); }
    /// DSN-Gateway.
    ndr_typed dsn_gateway() const noexcept { return ndr_bounce_dsn_gateway(&bounce_); }
    /// Received-From-MTA.
    ndr_typed received_from_mta() const noexcept { return ndr_bounce_received_from_mta(&bounce_); }
    /// Arrival-Date.
    ndr_date arrival_date() const noexcept { return ndr_bounce_arrival_date(&bounce_); }
    /// The identifier of the mailing list that the original message went through.
    std::string_view list_id() const noexcept { return view(ndr_bounce_list_id(&bounce_)); }
    /// What is wrong with the authentication of the original message.
    detail::some<ndr_finding, NDR_MAX_FINDINGS> authentication() const noexcept {
        detail::some<ndr_finding, NDR_MAX_FINDINGS> found;
        found.count = ndr_bounce_authentication(&bounce_, found.items.data(), found.items.size());
        return found;
    }

    /// The struct for the functions of C.
    const ndr_bounce *get() const noexcept { return &bounce_; }
    /// The same to change it.
    ndr_bounce *get() noexcept { return &bounce_; }

private:
    /// A field name with a NUL behind it. No field is found whose name is longer than 76 bytes, so that a longer one can be cut.
    static std::array<char, 128> terminated(std::string_view name) noexcept {
        std::array<char, 128> text{};
        if (!name.empty() && name.find('\0') == std::string_view::npos) {
            std::memcpy(text.data(), name.data(), name.size() < text.size() ? name.size() : text.size() - 1);
        }
        return text;
    }

    ndr_bounce bounce_;
};

}  // namespace ndr

#endif  // NONDELIVERY_HPP
