"""What authors are told about files of samples: what is wrong, and how to mend it."""

from tramgac_rules.authoring.texts import Words


class SampleSay(Words):
    """A sentence, or a part of one."""

    # Kinds of values.
    OBJECT = "an object", "đối tượng"
    LIST = "a list", "danh sách"
    TEXT = "a text", "chuỗi"
    NUMBER = "the number {number}", "số {number}"
    TRUTH = "true or false", "true hoặc false"
    NULL = "null", "giá trị null"
    # JSON.
    JSON = "this is no JSON; its reader says {why!r}", "không phải JSON; bộ đọc báo {why!r}"
    JSON_VALUE = "a value is expected here", "cần một giá trị ở đây"
    WRITE_JSON_VALUE = (
        "Write a text in double quotes, a number, true, false, null, {{...}} or [...]; no comma before ] or }}.",
        "Hãy viết chuỗi trong nháy kép, số, true, false, null, {{...}} hoặc [...]; không có dấu phẩy trước ] hay }}.",
    )
    JSON_COMMA = "a comma is missing before this", "thiếu dấu phẩy trước chỗ này"
    JSON_COLON = "a colon is missing before this", "thiếu dấu hai chấm trước chỗ này"
    WRITE_MISSING = "Write it, or close what is open.", "Hãy viết thêm, hoặc đóng phần đang mở."
    JSON_KEY = "a key in double quotes is expected here", "cần một khóa trong dấu nháy kép ở đây"
    WRITE_KEY = "Write the key, or take out the comma before }}.", "Hãy viết khóa, hoặc bỏ dấu phẩy trước }}."
    JSON_REST = "something stands after the end", "có nội dung sau phần kết thúc"
    TAKE_OUT = "Take it out.", "Hãy bỏ nó."
    JSON_OPEN = "a text is never closed", "một chuỗi không được đóng"
    CLOSE_TEXT = "Write the missing double quote.", "Hãy viết dấu nháy kép còn thiếu."
    JSON_CONTROL = "a text holds a line's end or a tab as such", "một chuỗi chứa ký tự xuống dòng hoặc tab nguyên dạng"
    WRITE_CONTROL = r"Write \n or \t.", r"Hãy viết \n hoặc \t."
    JSON_ESCAPE = "there is no such escape", "không có ký hiệu thoát như vậy"
    WRITE_ESCAPE = (
        r"Write \\ for a backslash, \u and four digits for a character.",
        (r"Hãy viết \\ cho dấu gạch chéo ngược, \u và bốn chữ số cho một ký tự."),
    )
    NESTED = "it is nested too deeply", "lồng quá sâu"
    # The file.
    NO_OBJECT = "samples are an object, not {what}", "các mẫu phải là đối tượng, không phải {what}"
    NO_LIST = "`{key}` is a list of samples, not {what}", "`{key}` là danh sách mẫu, không phải {what}"
    WRITE_OBJECT = (
        'Write {{"fires": [...], "near_misses": [...]}}.',
        'Hãy viết {{"fires": [...], "near_misses": [...]}}.',
    )
    UNREAD_KEY = "nothing reads the key {key!r}", "không có gì đọc khóa {key!r}"
    NO_FIRES = (
        "no sample is to fire: nothing shows that the rule works",
        "không có mẫu nào phải khớp: không có gì cho thấy luật hoạt động",
    )
    ADD_FIRES = "Write an event that meets the rule into `fires`.", "Hãy thêm một sự kiện khớp luật vào `fires`."
    # A sample.
    ODD_SAMPLE = (
        "a sample is an object or a list of steps, not {what}",
        "mẫu là đối tượng hoặc danh sách bước, không phải {what}",
    )
    WRITE_SAMPLE = (
        'Write an event, {{...}}, or steps, [{{"at": 0, "event": {{...}}}}].',
        'Hãy viết một sự kiện, {{...}}, hoặc các bước, [{{"at": 0, "event": {{...}}}}].',
    )
    NO_STEPS = "the sample has no steps", "mẫu không có bước nào"
    ODD_STEP = "step {step} has no `event` that is an object", "bước {step} không có `event` là đối tượng"
    ODD_NUMBER = (
        "`{key}` is a number from {least} to {most}, not {what}",
        "`{key}` là số từ {least} đến {most}, không phải {what}",
    )
    ODD_VARY = (
        "`vary` gives texts to fields, and {what} is none",
        "`vary` gán chuỗi cho trường, còn {what} thì không phải",
    )
    WRITE_VARY = 'Write {{"FIELD": "u{{n}}"}}.', 'Hãy viết {{"TRƯỜNG": "u{{n}}"}}.'
    MANY_EVENTS = "the sample makes more than {most} events", "mẫu tạo ra hơn {most} sự kiện"
    FEWER = "Lower `times`.", "Hãy giảm `times`."
    NO_WAY = "{field!r} leads through what is no object", "{field!r} đi qua phần không phải đối tượng"
    SEE_EVENT = "Look how the event names it.", "Hãy xem sự kiện gọi trường này thế nào."
    # A near miss.
    ODD_MISS = "a near miss is an object, not {what}", "mẫu suýt khớp là đối tượng, không phải {what}"
    NO_CHANGE = "the near miss changes nothing", "mẫu suýt khớp không thay đổi gì"
    WRITE_CHANGE = (
        "Give it `field` and `value`, a step's `at`, `times`, `every` or `vary`, or a whole `event`.",
        "Hãy cho nó `field` và `value`, hoặc `at`, `times`, `every`, `vary` của một bước, hoặc cả `event`.",
    )
    NO_STEP = "no sample that fires has a step {step}", "không mẫu khớp nào có bước {step}"
    COUNT_STEPS = "Steps count from 0.", "Các bước đếm từ 0."
    NO_FIELD = "no sample that fires has {field!r}", "không mẫu khớp nào có {field!r}"
    # An event.
    OF_EVENT = "{field} is to be {shape}", "{field} phải là {shape}"
    WHOLE = "a whole number that fits", "số nguyên vừa với trường"
    NO_EVENT_FIELD = "{where} has no field {name!r}", "{where} không có trường {name!r}"
    KINDS = "an event is of one kind, not of several", "một sự kiện chỉ thuộc một loại"
    ONE_KIND = "Make several samples of it, or steps.", "Hãy tách thành nhiều mẫu, hoặc nhiều bước."
    ODD_EVENT = "the event cannot be read; protobuf says {why!r}", "không đọc được sự kiện; protobuf báo {why!r}"
    NO_CONTENT = "a sample of YARA has `text` or `base64`", "mẫu YARA có `text` hoặc `base64`"
    WRITE_CONTENT = 'Write {{"text": "..."}}.', 'Hãy viết {{"text": "..."}}.'
    NO_BASE64 = "`base64` holds what is no base64", "`base64` chứa nội dung không phải base64"
    ENCODE = "Write what `base64 FILE` gives.", "Hãy viết kết quả của `base64 TỆP`."
