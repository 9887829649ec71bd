"""What an author is told about rules and filters: what is wrong, and how to mend it."""

from tramgac_rules.authoring.texts import Words


class Say(Words):
    """A sentence, or a part of one."""

    # Any of them.
    DID_YOU_MEAN = "Did you mean {name!r}?", "Có phải ý bạn là {name!r}?"
    ONE_OF = "One of {known}.", "Chọn trong: {known}."
    THERE_ARE = "There are: {known}.", "Hiện có: {known}."
    # Files.
    UNREADABLE = "cannot be read: {why}", "không đọc được: {why}"
    LOOK_AT_OWNER = (
        "Look at its owner and rights, or take it out of the folder.",
        "Hãy xem chủ sở hữu và quyền của tệp, hoặc đưa nó ra khỏi thư mục.",
    )
    NO_UTF8 = "not UTF-8", "không phải UTF-8"
    SAVE_AS_UTF8 = "Save the file as UTF-8.", "Hãy lưu tệp ở dạng UTF-8."
    LARGE_FILE = (
        "the file has {count} characters, {most} are allowed",
        "tệp có {count} ký tự, chỉ cho phép {most}",
    )
    NO_MAPPING = "a mapping is expected", "cần một ánh xạ (khóa: giá trị)"
    SPLIT_FILE = "Put its rules into several files.", "Hãy chia các luật vào nhiều tệp."
    LESS = (
        "Split it, and take out aliases (*name) that stand for many values or for themselves.",
        "Hãy tách nhỏ, và bỏ các alias (*tên) thay cho nhiều giá trị hoặc cho chính nó.",
    )
    WRITE_TITLE = "Write `title: ...` and so on.", "Hãy viết `title: ...` và các mục tiếp theo."
    LARGE_DOCUMENT = (
        "more than {most} values or nested deeper than {depth}",
        "hơn {most} giá trị hoặc lồng sâu quá {depth} mức",
    )
    KEY_NO_TEXT = "a key must be a text", "khóa phải là chuỗi"
    KEY_TWICE = "the key {key!r} stands twice", "khóa {key!r} xuất hiện hai lần"
    ONE_COUNTS = "Only one of them would count.", "Chỉ một trong hai có tác dụng."
    NO_YAML = "not YAML: {why}", "không phải YAML: {why}"
    NO_VALUE = (
        "{text!r} is no date or number that there can be; its reader says {why!r}",
        "{text!r} không phải ngày hoặc số hợp lệ; bộ đọc báo {why!r}",
    )
    MEND_OR_QUOTE = (
        "Mend it, or put it in quotes to have it as a text.",
        "Hãy sửa lại, hoặc đặt trong dấu nháy để giữ là chuỗi.",
    )
    NO_RULE_IN_FILE = "the file holds no rule", "tệp không có luật nào"
    WRITE_A_RULE = "Write a rule in it, or remove it.", "Hãy viết luật vào đó, hoặc xóa tệp."
    # A rule as a whole.
    COLLECTION = "collections with `action` are an old form", "tập luật dùng `action` là dạng cũ"
    WRITE_WHOLE = "Write whole rules.", "Hãy viết từng luật đầy đủ."
    NO_TITLE = "there is no title", "thiếu tiêu đề"
    ADD_TITLE = "Add `title:`.", "Hãy thêm `title:`."
    LONG_TEXT = "{key} is longer than {most} characters", "{key} dài quá {most} ký tự"
    SHORTEN = "Shorten it.", "Hãy rút ngắn."
    MANY_STEPS = "{key} has {count} steps, {most} are allowed", "{key} có {count} bước, chỉ cho phép {most}"
    FEWER_STEPS = "Put several into one, or leave some out.", "Hãy gộp vài bước làm một, hoặc bỏ bớt."
    NO_ID = "the rule has no id", "luật không có id"
    ADD_ID = "Add `id: {made}`, which it got.", "Hãy thêm `id: {made}`, là id luật vừa nhận."
    ODD_ID = "the id {id!r} is no UUID", "id {id!r} không phải UUID"
    NEW_ID = "`id: {made}` is a new one.", "`id: {made}` là một id mới."
    ID_TAKEN = "the id {id} is that of a rule in {path}", "id {id} đã thuộc một luật trong {path}"
    OWN_ID = "Give it its own.", "Hãy cho luật này id riêng."
    NO_LEVEL = "the rule has no level; it counts as medium", "luật không có level; được coi là medium"
    NO_WORD = "{given!r} is no {key}", "{given!r} không phải {key}"
    UNREAD_KEY = "nothing reads the key {key!r}", "không có gì đọc khóa {key!r}"
    SHAPE = "{key} is to be {shape}", "{key} phải là {shape}"
    TEXT = "a text", "một chuỗi"
    TEXTS = "a list of texts", "một danh sách chuỗi"
    DATE = "a date, YYYY-MM-DD", "một ngày, dạng YYYY-MM-DD"
    RELATIONS = "a list of `id` and `type`", "một danh sách gồm `id` và `type`"
    UNUSED = "no condition uses the selection {name!r}", "không condition nào dùng selection {name!r}"
    USE_OR_REMOVE = "Use it in the condition, or remove it.", "Hãy dùng nó trong condition, hoặc bỏ đi."
    NO_LOGSOURCE = "the rule has no log source", "luật không có nguồn nhật ký"
    ADD_LOGSOURCE = "Add product, category or service.", "Hãy thêm product, category hoặc service."
    STRANGE_LOGSOURCE = (
        "no event we know of has the log source {source}: the rule never matches",
        "không có sự kiện nào đã biết thuộc nguồn nhật ký {source}: luật sẽ không bao giờ khớp",
    )
    # Its logic.
    NO_PART = "there is no {part}", "thiếu {part}"
    ADD_PART = "Add `{part}:` with selections and a condition.", "Hãy thêm `{part}:` gồm các selection và condition."
    TIMEFRAME = "`timeframe` belongs to the old form", "`timeframe` thuộc dạng cũ"
    WRITE_CORRELATION = (
        "Write a Sigma correlation (event_count, value_count, temporal) beside the rule.",
        "Hãy viết luật tương quan Sigma (event_count, value_count, temporal) bên cạnh luật.",
    )
    EMPTY_SELECTION = "the selection is empty", "selection trống"
    FILL_SELECTION = "Give it fields with values, or remove it.", "Hãy thêm trường và giá trị, hoặc bỏ nó."
    NO_MODIFIER = "the modifier {name!r} is unknown", "không có modifier {name!r}"
    SEE_MODIFIERS = (
        "See the Sigma specification for modifiers.",
        "Hãy xem các modifier trong đặc tả Sigma.",
    )
    PLAIN_PLACEHOLDER = (
        "a backslash before a placeholder makes plain text of it",
        "dấu gạch chéo ngược trước placeholder biến nó thành chữ thường",
    )
    TWO_BACKSLASHES = (
        r"Write two for a backslash: \\%name%.",
        r"Hãy viết hai dấu để có một dấu gạch chéo ngược: \\%name%.",
    )
    NO_CONDITION = "the rule has no condition", "luật không có condition"
    ADD_CONDITION = (
        "Add `condition:` that names its selections.",
        "Hãy thêm `condition:` nêu các selection của luật.",
    )
    WINDASH_ON_REGEX = (
        "windash is for texts, not for expressions",
        "windash dành cho chuỗi, không dành cho biểu thức",
    )
    WRITE_DASHES = "Write [-/] in the expression.", "Hãy viết [-/] trong biểu thức."
    TOO_LATE = "{word} comes too late", "{word} đứng quá muộn"
    WRITE_BEFORE = "Write it before {other}.", "Hãy viết trước {other}."
    FOR_TEXTS = "{word} is for texts, not for {type}", "{word} dành cho chuỗi, không dành cho {type}"
    FOR_NUMBERS = "{word} is for numbers, not for {type}", "{word} dành cho số, không dành cho {type}"
    WRITE_NUMBER = "Write a number, without quotes.", "Hãy viết một số, không có dấu nháy."
    FOR_TRUTH = "{word} is for true or false, not for {type}", "{word} dành cho true hoặc false, không dành cho {type}"
    WRITE_TRUTH = "Write true or false.", "Hãy viết true hoặc false."
    NOT_TOGETHER = (
        "the modifiers {words} do not go together, or not in this order",
        "các modifier {words} không đi cùng nhau, hoặc không theo thứ tự này",
    )
    WRITE_TEXT = "Write a text.", "Hãy viết một chuỗi."
    NO_KEYWORDS = "there are no keywords", "không có từ khóa nào"
    ODD_KEYWORD = "a keyword is a text; this needs a field", "từ khóa là một chuỗi; điều này cần tên trường"
    NAME_FIELD = "Name a field, or write a text.", "Hãy nêu tên trường, hoặc viết một chuỗi."
    ODD_VALUE = "a field cannot be compared with {type}", "không thể so trường với {type}"
    PLAIN = "the value {value}", "giá trị {value}"
    A_NUMBER = "the number {value}", "số {value}"
    A_TEXT = "the text {value!r}", "chuỗi {value!r}"
    A_DATE = "the date {value}", "ngày {value}"
    A_MAPPING = "a mapping", "một ánh xạ"
    A_LIST = "a list", "một danh sách"
    MANY_VALUES = (
        "the value stands for {count} values, {most} are allowed",
        "giá trị này thay cho {count} giá trị, chỉ cho phép {most}",
    )
    SPLIT_VALUE = "Write it as several shorter ones.", "Hãy viết thành nhiều giá trị ngắn hơn."
    NO_PLACEHOLDER = "the placeholder %{name}% has no values", "placeholder %{name}% chưa có giá trị"
    GIVE_PLACEHOLDER = (
        "Give them in a document beside the rules: `placeholders: {{{name}: [...]}}`.",
        "Hãy cho giá trị trong một tài liệu đặt cạnh luật: `placeholders: {{{name}: [...]}}`.",
    )
    NO_PLACEHOLDERS = "no placeholders are given here", "ở đây không có placeholder nào"
    ODD_PLACEHOLDER = (
        "the values of the placeholder {name!r} are no texts",
        "giá trị của placeholder {name!r} không phải chuỗi",
    )
    WRITE_PLACEHOLDERS = "Write `NAME: [text, ...]`.", "Hãy viết `TÊN: [chuỗi, ...]`."
    PLACEHOLDER_TWICE = "the placeholder {name!r} is given twice", "placeholder {name!r} được cho hai lần"
    # Conditions.
    PIPE = "a condition with a pipe is the old form", "condition có dấu | là dạng cũ"
    UNEXPECTED = "{word!r} was not expected here", "không cần {word!r} ở đây"
    CONDITION_EMPTY = "the condition is empty", "condition trống"
    NAME_SELECTIONS = (
        "Name selections in it, joined by and, or, not.",
        "Hãy nêu các selection, nối bằng and, or, not.",
    )
    ODD_CONDITION = "a condition is a text, not {type}", "condition là một chuỗi, không phải {type}"
    JOIN = "Write and, or, not between selections.", "Hãy viết and, or, not giữa các selection."
    NAME_OR_REMOVE = (
        "Name a selection here, or take out the word before it.",
        "Hãy nêu một selection ở đây, hoặc bỏ từ đứng trước.",
    )
    OPEN_OR_REMOVE = "Take it out, or write the ( that it closes.", "Hãy bỏ nó, hoặc viết dấu ( tương ứng."
    CONDITION_ENDS = (
        "the condition ends where a selection is expected",
        "condition kết thúc ở nơi cần một selection",
    )
    NESTED = "nested deeper than {most}", "lồng sâu quá {most} mức"
    LESS_NESTED = (
        "Take out parentheses and `not` that are not needed.",
        "Hãy bỏ những dấu ngoặc và `not` không cần thiết.",
    )
    NEVER_CLOSED = "a parenthesis is never closed", "một dấu ngoặc không được đóng"
    CLOSE = "Write the missing `)`.", "Hãy viết dấu `)` còn thiếu."
    CLOSE_OR_JOIN = "Close it, or write and, or before this.", "Hãy đóng ngoặc, hoặc viết and, or trước chỗ này."
    ODD_QUANTIFIER = (
        "`{word} of` cannot be asked for, only `1 of`, `any of`, `all of`",
        "không thể dùng `{word} of`, chỉ có `1 of`, `any of`, `all of`",
    )
    WRITE_OUT = (
        "Write out which go together, as (a and b) or (a and c).",
        "Hãy viết rõ những gì đi cùng nhau, ví dụ (a and b) or (a and c).",
    )
    NO_CLOSING = "a closing parenthesis was expected, not {word!r}", "cần dấu đóng ngoặc, không phải {word!r}"
    NO_SELECTION = "there is no selection {word!r}", "không có selection {word!r}"
    NONE_LIKE = "no selection is named like {pattern!r}", "không có selection nào tên dạng {pattern!r}"
    # Filters.
    FILTER_NO_RULES = "the filter names no rules", "bộ lọc không nêu luật nào"
    FILTER_NAME_RULES = (
        "Write `rules:` with ids or names of rules, or `rules: any` for all of the log source.",
        "Hãy viết `rules:` với id hoặc tên luật, hoặc `rules: any` cho mọi luật của nguồn nhật ký.",
    )
    FILTER_KEEPS = (
        "the filter keeps only events that meet its condition",
        "bộ lọc chỉ giữ lại sự kiện thỏa condition của nó",
    )
    FILTER_NEGATE = "To leave them out write `condition: not ...`.", "Để loại chúng, hãy viết `condition: not ...`."
    NO_RULE = "there is no rule {name!r}", "không có luật {name!r}"
    FILTER_UNUSED = "the filter is added to no rule", "bộ lọc không gắn với luật nào"
    FILTER_LOGSOURCE = (
        "Its log source must hold the rule's: leave out what they do not share.",
        "Nguồn nhật ký của bộ lọc phải bao hàm nguồn của luật: hãy bỏ phần hai bên không chung.",
    )
    # Fields.
    WE_SEND = "Our agent sends: {known}.", "Tác tử gửi: {known}."
    SYSMON_FIELD = (
        "our agent does not send {name!r}: it is only in Sysmon's channel of Windows, and this rule is for {product}",
        "tác tử không gửi {name!r}: trường này chỉ có trong kênh Sysmon của Windows, còn luật này dành cho {product}",
    )
    NO_FIELD = (
        "no event of the log source {source} has a field {name!r}",
        "không có sự kiện nào của nguồn nhật ký {source} có trường {name!r}",
    )
    NEVER_MATCHES = (
        "no event has all the fields that the rule asks for, so it never matches",
        "không có sự kiện nào có đủ các trường mà luật cần, nên luật không bao giờ khớp",
    )
    SEE_FIELDS = (
        "See which fields come together in docs/events.md.",
        "Hãy xem các trường nào đi cùng nhau trong docs/events.md.",
    )
    ONLY_WITH = (
        "our agent does not send {name!r} itself; the rule matches only with {channels}",
        "tác tử không tự gửi {name!r}; luật chỉ khớp khi có {channels}",
    )
    SYSMON_CHANNEL = "Sysmon's channel", "kênh Sysmon"
    CHANNEL = "the channel {name}", "kênh {name}"
    OR = " or ", " hoặc "
    # YARA.
    MIXED = (
        "{count} of {total} rules look at content alone ({names}), and run on hosts only since others here do not",
        "{count} trong {total} luật chỉ xét nội dung ({names}), mà chỉ chạy trên máy trạm vì luật khác trong tệp",
    )
    SPLIT = (
        "In a file of their own they would see the samples of all hosts.",
        "Đặt trong tệp riêng, chúng sẽ xét được mẫu của mọi máy.",
    )
    YARA = "does not compile: {why}", "không biên dịch được: {why}"
    # Keys and repositories.
    TARGET_LOST = (
        "{path} is missing or damaged: bring it back, or sign with --indicators or --no-indicators",
        "{path} bị thiếu hoặc hỏng: hãy khôi phục, hoặc ký với --indicators hay --no-indicators",
    )
    KEY_MISSING = (
        "{path} is missing, and the repository was signed by it: bring the key back",
        "thiếu {path}, mà kho nội dung được ký bằng khóa đó: hãy khôi phục khóa",
    )
    KEY_LOCKED = (
        (
            "{path} is locked with a passphrase, which nobody can be asked for here: give an unlocked copy "
            "(openssl pkey -in {path} -out author.pem) on a disk that is encrypted itself"
        ),
        (
            "{path} được khóa bằng mật khẩu, mà ở đây không thể hỏi: hãy dùng bản không khóa "
            "(openssl pkey -in {path} -out author.pem) đặt trên đĩa đã mã hóa"
        ),
    )
    NO_KEY = (
        "{path} holds no private key that can be read: bring it back from its copy",
        "{path} không chứa khóa riêng đọc được: hãy khôi phục từ bản sao",
    )
    ODD_KEY = (
        "{path} holds no Ed25519 key, which this author's is: bring it back from its copy",
        "{path} không chứa khóa Ed25519, là loại khóa của tác giả này: hãy khôi phục từ bản sao",
    )
    OTHER_KEY = (
        (
            "{path} names another key than the one given: sign with that, or begin a new repository "
            "(which hosts that know this one do not take)"
        ),
        (
            "{path} nêu khóa khác với khóa được đưa: hãy ký bằng khóa đó, hoặc tạo kho nội dung mới "
            "(máy đã biết kho này sẽ không nhận kho mới)"
        ),
    )
    ODD_METADATA = (
        "{path} is not as it should be ({why}): bring it back from a copy",
        "{path} không đúng như phải có ({why}): hãy khôi phục từ bản sao",
    )
    METADATA_LOST = "it is missing or cannot be read", "bị thiếu hoặc không đọc được"
    NO_BUNDLE = (
        "this is no bundle: {why}; build it with build_bundle",
        "đây không phải gói nội dung: {why}; hãy tạo bằng build_bundle",
    )
    OTHER_VERSION = (
        "the bundle says version {told}, the repository's next is {version}: build it anew",
        "gói ghi phiên bản {told}, phiên bản kế tiếp của kho là {version}: hãy tạo lại",
    )
