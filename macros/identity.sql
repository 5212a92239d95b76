{#-
    What two records of one person write differently: accents, case, spaces, hyphens and apostrophes in a name. Engines differ in what
    they know of letters beyond ASCII, so each one is named here; both texts are of one length but for what is dropped.
-#}
{% macro plain_letters(expression) -%}
    {%- set accented = "ÀÁÂÃÄÅÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖØÙÚÛÜÝàáâãäåçèéêëìíîïðñòóôõöøùúûüýÿĀāĂăĄąĆćĈĉĊċČčĎďĐđĒēĔĕĖėĘęĚěĜĝĞğĠġĢģĤĥĦħĨĩĪīĬĭĮįİıĴĵĶķĸĹĺĻļĽľĿŀŁłŃńŅņŇňŊŋŌōŎŏŐőŔŕŖŗŘřŚśŜŝŞşŠšŢţŤťŦŧŨũŪūŬŭŮůŰűŲųŴŵŶŷŸŹźŻżŽžƠơƯưȘșȚțẠạẢảẤấẦầẨẩẪẫẬậẮắẰằẲẳẴẵẶặẸẹẺẻẼẽẾếỀềỂểỄễỆệỈỉỊịỌọỎỏỐốỒồỔổỖỗỘộỚớỜờỞởỠỡỢợỤụỦủỨứỪừỬửỮữỰựỲỳỴỵỶỷỸỹΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩЀЁЂЃЄЅІЇЈЉЊЋЌЍЎЏАБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ" -%}
    {%- set plain = "aaaaaaceeeeiiiidnoooooouuuuyaaaaaaceeeeiiiidnoooooouuuuyyaaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiijjkkkllllllllllnnnnnnnnoooooorrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzoouussttaaaaaaaaaaaaaaaaaaaaaaaaeeeeeeeeeeeeeeeeiiiioooooooooooooooooooooooouuuuuuuuuuuuuuyyyyyyyyαβγδεζηθικλμνξοπρστυφχψωѐёђѓєѕіїјљњћќѝўџабвгдежзийклмнопрстуфхцчшщъыьэюя" -%}
    {%- set dropped = " -.’`´\u00a0\u2010\u2011\u2013\u0300\u0301\u0302\u0303\u0304\u0306\u0307\u0308\u0309\u030a\u030b\u030c\u031b\u0323\u0327\u0328" -%}
    {%- set ligatures = "replace(replace(replace(replace(replace(" ~ expression ~ ", 'ß', 'ss'), 'æ', 'ae'), 'Æ', 'ae'), 'œ', 'oe'), 'Œ', 'oe')" -%}
    nullif(lower(translate(replace({{ ligatures }}, chr(39), ''), '{{ accented }}{{ dropped }}', '{{ plain }}')), '')
{%- endmacro %}

{#- Lower case, no blanks, no tag after a plus sign: two spellings of one mailbox. -#}
{% macro plain_email(expression) -%}
    {%- set plus = dbt.position("'+'", expression) -%}
    {%- set at_sign = dbt.position("'@'", expression) -%}
    case
        when {{ plus }} > 1 and {{ at_sign }} > {{ plus }}
            then lower(substr({{ expression }}, 1, {{ plus }} - 1) || substr({{ expression }}, {{ at_sign }}))
        else lower({{ expression }})
    end
{%- endmacro %}

{#- Whether a text has the form of an e-mail address: one @, a domain with a point, no blank. -#}
{% macro is_email(expression) -%}
    {{ expression }} like '%_@_%.__%' and {{ expression }} not like '%@%@%' and {{ expression }} not like '% %'
    and {{ expression }} not like '%..%' and {{ expression }} not like '%.@%' and {{ expression }} not like '%@.%'
{%- endmacro %}

{#-
    A telephone number as digits with the calling code of its country, so that `06 12 …` and `+33 6 12 …` are one.

    expression    the number as it was written
    calling_code  digits of the country, null where it is not known: then the number stays national
    trunk_prefix  digits that a national number begins with and an international one does not have
-#}
{% macro plain_phone(expression, calling_code, trunk_prefix) -%}
    {%- set bare = "translate(replace(" ~ expression ~ ", '(0)', ''), ' .-/()\u00a0\u2011\u202f', '')" -%}
    nullif(
        case
            when {{ bare }} like '+%' then substr({{ bare }}, 2)
            when {{ bare }} like '00%' and {{ bare }} not like '000%' then substr({{ bare }}, 3)
            when {{ calling_code }} is null then {{ bare }}
            when {{ trunk_prefix }} is not null and {{ bare }} like {{ trunk_prefix }} || '%'
                then {{ calling_code }} || substr({{ bare }}, length({{ trunk_prefix }}) + 1)
            else {{ calling_code }} || {{ bare }}
        end,
        ''
    )
{%- endmacro %}

{#- Whether a number is digits alone, 8 to 15 with its calling code, and not one digit over and over. -#}
{% macro is_phone(expression) -%}
    translate({{ expression }}, '0123456789', '') = '' and length({{ expression }}) between 8 and 15
    and replace(substr({{ expression }}, length({{ expression }}) - 5), substr({{ expression }}, length({{ expression }})), '') <> ''
{%- endmacro %}

{#- A post code in capitals without blanks and hyphens. -#}
{% macro plain_postal_code(expression) -%}
    nullif(upper(translate({{ expression }}, ' -{{ "\u00a0" }}', '')), '')
{%- endmacro %}

{#- The shape of a post code: N for a digit, A for a letter. -#}
{% macro postal_code_shape(expression) -%}
    translate({{ expression }}, '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'NNNNNNNNNNAAAAAAAAAAAAAAAAAAAAAAAAAA')
{%- endmacro %}
