"""What an author is told about lists of indicators: what is wrong, doubtful or left out, and what to do about it."""

from tramgac_rules.authoring.texts import Words


class Tell(Words):
    """A sentence, or a part of one."""

    # Files.
    LARGE_FILE = "the file has {size} bytes, {most} are allowed", "tệp dài {size} byte, chỉ cho phép {most}"
    CUT_UP = "Cut it up.", "Hãy chia nhỏ tệp."
    NOTHING = "no indicator is in this file", "tệp này không có chỉ dấu nào"
    RIGHT_ONE = "Is it the right one?", "Có đúng tệp cần dùng không?"
    NO_UTF8 = "not UTF-8", "không phải UTF-8"
    NO_UTF8_AT = "not UTF-8: {why}", "không phải UTF-8: {why}"
    UTF16 = "not UTF-8 but UTF-16", "không phải UTF-8 mà là UTF-16"
    SAVE_AS_UTF8 = "Save the file as UTF-8.", "Hãy lưu tệp ở dạng UTF-8."
    NO_LIST = "neither STIX nor MISP", "không phải STIX, cũng không phải MISP"
    GIVE_LIST = (
        "Give a STIX bundle, or events as MISP exports them; anything else as CSV.",
        "Hãy đưa gói STIX, hoặc sự kiện như MISP xuất ra; thứ khác thì dùng CSV.",
    )
    NO_JSON = "not JSON: {why}", "không phải JSON: {why}"
    NO_JSON_AT_ALL = "not JSON: it begins with neither {{ nor [", "không phải JSON: không bắt đầu bằng {{ hay ["
    NAME_CSV = (
        "A list of one value a line, or a table, is named *.csv or *.txt.",
        "Danh sách mỗi dòng một giá trị, hoặc bảng, phải có tên *.csv hoặc *.txt.",
    )
    EMPTY_LIST = "the file is empty", "tệp trống"
    CUT_OFF = "the JSON breaks off: its end is missing", "JSON bị cụt: thiếu phần cuối"
    WEB_PAGE = "a web page, no list", "đây là trang web, không phải danh sách"
    FETCH_AGAIN = (
        "Fetch it again, and look whether it came as a whole, without a log-in or an error page in its place.",
        "Hãy tải lại, và xem đã nhận đủ chưa hay chỉ nhận được trang đăng nhập hoặc trang báo lỗi.",
    )
    PACKED = "packed ({kind})", "tệp nén ({kind})"
    UNPACK = "Unpack it first.", "Hãy giải nén trước."
    JSON_VALUE = "a value is expected here", "cần một giá trị ở đây"
    JSON_COMMA = "a comma is missing before this", "thiếu dấu phẩy trước chỗ này"
    JSON_COLON = "a colon is missing before this", "thiếu dấu hai chấm trước chỗ này"
    JSON_KEY = "a key in double quotes is expected here", "cần một khóa trong dấu nháy kép ở đây"
    JSON_CONTROL = "a text holds a line's end or a tab as such", "một chuỗi chứa ký tự xuống dòng hoặc tab nguyên dạng"
    JSON_ESCAPE = "there is no such escape", "không có ký hiệu thoát như vậy"
    JSON_REST = "something stands after the end of the list", "có nội dung sau phần kết thúc của danh sách"
    MEND_HERE = (
        "Mend this place, or export the list anew: what follows was not read.",
        "Hãy sửa chỗ này, hoặc xuất lại danh sách: phần sau chưa được đọc.",
    )
    MEND_KEY = (
        "Take out a comma before }}, write keys in double quotes, or export the list anew: what follows was not read.",
        "Hãy bỏ dấu phẩy trước }}, viết khóa trong nháy kép, hoặc xuất lại danh sách: phần sau chưa được đọc.",
    )
    ONE_LIST = (
        "Several objects go into one list, [..., ...], or a file each: what follows was not read.",
        "Nhiều đối tượng phải nằm trong một danh sách, [..., ...], hoặc mỗi đối tượng một tệp: phần sau chưa được đọc.",
    )
    DEEP_JSON = (
        "nested too deeply; what follows in the file was not read",
        "lồng quá sâu; phần sau của tệp chưa được đọc",
    )
    MORE = (
        "problems in this file that are not told one by one: {count} more",
        "lỗi trong tệp này không được nêu từng cái: thêm {count}",
    )
    MEND_FIRST = "Mend those that are told first.", "Trước hết hãy sửa những lỗi đã nêu."
    NO_ROW = "the row that ends here cannot be read: {why}", "không đọc được hàng kết thúc ở đây: {why}"
    QUOTE_OPEN = "Is a quotation mark open above?", "Có dấu ngoặc kép chưa đóng ở trên không?"
    OF = "{name}: {what}", "{name}: {what}"
    AN_INDICATOR = "an indicator", "một chỉ dấu"
    MANY = (
        "more than {most} indicators: leave old ones out, or those of low worth",
        "hơn {most} chỉ dấu: hãy bỏ bớt chỉ dấu cũ hoặc ít giá trị",
    )
    # Entries.
    DOUBTFUL = "{value!r} is doubtful: {doubt}", "{value!r} đáng ngờ: {doubt}"
    TAKE_OUT = "Take it out?", "Nên bỏ nó không?"
    NOT_COMPARED = (
        "nothing in events is compared with a {kind!r}: left out",
        "không có gì trong sự kiện được so với {kind!r}: bỏ qua",
    )
    NO_LEVEL = "{text!r} is no level", "{text!r} không phải mức độ"
    ONE_OF = "One of {known}.", "Chọn trong: {known}."
    LEAVE_EMPTY = (
        "Leave it empty for an indicator that does not expire.",
        "Hãy để trống với chỉ dấu không hết hạn.",
    )
    NO_VALUE = "there is no value", "không có giá trị"
    WRITE_VALUE = "Write one, or take the line out.", "Hãy viết giá trị, hoặc bỏ dòng này."
    NO_KIND = "what {value} is cannot be told", "không rõ {value} là gì"
    NAME_KIND = "Name its kind in a column `type`.", "Hãy nêu loại trong cột `type`."
    NO_DIGEST = "{value} is no digest", "{value} không phải mã băm"
    DIGESTS = (
        "MD5 has 32, SHA-1 40, SHA-256 64 hexadecimal digits.",
        "MD5 có 32, SHA-1 có 40, SHA-256 có 64 chữ số thập lục phân.",
    )
    NO_SUCH_DIGEST = "{value} is no {kind}", "{value} không phải {kind}"
    HEX_DIGITS = "{count} hexadecimal digits are one.", "Cần {count} chữ số thập lục phân."
    EMPTY_FILE = "it is the digest of an empty file", "đó là mã băm của tệp trống"
    NO_ADDRESS = "{value} is no address", "{value} không phải địa chỉ"
    WRITE_ADDRESS = (
        "Write four decimal numbers without leading zeros, or an IPv6 address.",
        "Hãy viết bốn số thập phân không có số 0 đứng đầu, hoặc địa chỉ IPv6.",
    )
    NO_NETWORK = "{value} is no network", "{value} không phải mạng"
    WRITE_NETWORK = "Write it as 192.0.2.0/24 or 2001:db8::/32.", "Hãy viết dạng 192.0.2.0/24 hoặc 2001:db8::/32."
    WIDE = "{value} holds much of the Internet", "{value} bao trùm phần lớn Internet"
    WRITE_NARROWER = "Write narrower ones, of /{prefix} or more.", "Hãy viết mạng hẹp hơn, từ /{prefix} trở lên."
    READ_AS = "it is read as {address}/{prefix}", "nó được hiểu là {address}/{prefix}"
    LOOPBACK = "it is a loopback address: {shared}", "đó là địa chỉ loopback: {shared}"
    UNSPECIFIED = "it is an unspecified address: {shared}", "đó là địa chỉ không xác định: {shared}"
    LINK_LOCAL = "it is a link-local address: {shared}", "đó là địa chỉ link-local: {shared}"
    MULTICAST = "it is a multicast address: {shared}", "đó là địa chỉ multicast: {shared}"
    PRIVATE = "it is a private address: {shared}", "đó là địa chỉ nội bộ: {shared}"
    OTHERS_HAVE_IT = "other machines of the site have it too", "máy khác trong đơn vị cũng có"
    RESOLVER = "it is a public resolver's", "đó là của máy chủ DNS công cộng"
    NO_DOMAIN = "{value} is no domain", "{value} không phải tên miền"
    TYPE_URL = "If it is a URL, give it the type `url`.", "Nếu là URL, hãy cho nó loại `url`."
    IS_ADDRESS = "{value} is an address", "{value} là địa chỉ"
    TYPE_IP = "Give it the type `ip`.", "Hãy cho nó loại `ip`."
    ONE_LABEL = "{value} is one label", "{value} chỉ có một nhãn"
    ALL_BELOW = (
        "As a domain it would stand for all names below it.",
        "Nếu là tên miền, nó sẽ thay cho mọi tên bên dưới.",
    )
    WRITE_DOMAIN = "Write it as evil.example.", "Hãy viết dạng evil.example."
    REGISTRY = "{value} is a registry's", "{value} là đuôi do cơ quan đăng ký quản lý"
    ALL_REGISTERED = (
        "It would stand for all names registered below it.",
        "Nó sẽ thay cho mọi tên đăng ký bên dưới.",
    )
    SHARED = (
        "many who do not know each other have names below it: a hostname?",
        "nhiều bên không liên quan có tên bên dưới nó: có phải hostname không?",
    )
    VISITED = "much visited", "được truy cập nhiều"
    NO_URL = "{value} is no URL", "{value} không phải URL"
    WRITE_URL = (
        "Write scheme://host/path, of at most {most} characters.",
        "Hãy viết scheme://host/path, nhiều nhất {most} ký tự.",
    )
    VARIES = "{value} has a variable or a wildcard", "{value} chứa biến hoặc ký tự đại diện"
    WRITE_RULE_OR_NAME = (
        "Write a rule for what varies, or the file's name alone with the type `filename`.",
        "Hãy viết luật cho phần thay đổi, hoặc chỉ tên tệp với loại `filename`.",
    )
    NO_PATH = "{value} is no whole path", "{value} không phải đường dẫn đầy đủ"
    WRITE_PATH = (
        "Write it from the root on, at most {most} characters.",
        "Hãy viết từ gốc, nhiều nhất {most} ký tự.",
    )
    COMMON_PATH = "many machines have it", "nhiều máy có nó"
    NO_NAME = "{value} is no file's name", "{value} không phải tên tệp"
    WRITE_RULE = "Write a rule for what varies.", "Hãy viết luật cho phần thay đổi."
    COMMON_NAME = "a common file has this name", "một tệp phổ biến có tên này"
    # STIX.
    REVOKED = "it was revoked: left out", "đã bị thu hồi: bỏ qua"
    HARMLESS = "it names what is {type}: left out", "nó nêu thứ thuộc loại {type}: bỏ qua"
    OTHER_PATTERN = "its pattern is {language}'s: left out", "mẫu của nó thuộc {language}: bỏ qua"
    GIVE_AS_RULE = "Give it as a rule.", "Hãy đưa nó vào dạng luật."
    NO_PATTERN = "it has no pattern that is a text", "không có mẫu dạng chuỗi"
    ASK_MAKER = "Ask who made the bundle.", "Hãy hỏi bên tạo gói."
    VALID_UNTIL = "valid_until: {why}", "valid_until sai: {why}"
    LEAVE_OUT = "Leave it out for what does not expire.", "Hãy bỏ mục này với thứ không hết hạn."
    LONG_PATTERN = "the pattern has {count} characters, {most} are allowed", "mẫu có {count} ký tự, chỉ cho phép {most}"
    RICHER = "the pattern is more than a value: {why}; left out", "mẫu phức tạp hơn một giá trị: {why}; bỏ qua"
    SEVERAL = (
        "it asks for several things at once, or for what events do not have",
        "nó đòi nhiều thứ cùng lúc, hoặc thứ mà sự kiện không có",
    )
    HAS = "it has {word}", "nó có {word}"
    COMPARES = "it compares by {word}", "nó so sánh bằng {word}"
    WRITE_RULE_FOR_IT = "Write a rule for it.", "Hãy viết luật cho nó."
    UNEXPECTED = "{word!r} was not expected in the pattern", "mẫu không cần {word!r} ở đây"
    SIGN_EXPECTED = (
        "{sign!r} is expected in the pattern, {word!r} is there",
        "mẫu cần {sign!r}, nhưng ở đó là {word!r}",
    )
    PATH_EXPECTED = "a path is expected in the pattern, {word!r} is there", "mẫu cần đường dẫn, nhưng ở đó là {word!r}"
    VALUE_EXPECTED = "a value is expected in the pattern, {word!r} is there", "mẫu cần giá trị, nhưng ở đó là {word!r}"
    ITS_END = "its end", "điểm cuối"
    MANY_VALUES = "the pattern names more than {most} values", "mẫu nêu hơn {most} giá trị"
    DEEP_PATTERN = "the pattern is nested deeper than {most}", "mẫu lồng sâu quá {most} mức"
    BREAKS_OFF = "it breaks off", "nó bị cụt"
    NOT_OF_PATTERNS = "{text!r} is nothing that a pattern may have", "mẫu không thể có {text!r}"
