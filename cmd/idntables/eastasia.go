package main

import "strings"

const unihan = "Unicode Han Database (Unihan), Unicode Standard Annex 38"

// chinese is one table for both ways of writing: a label in either is blocked by its counterpart, and the
// counterparts that are wholly of one way are told from the mixed ones. RFC 3743, RFC 8228 section 10.
func chinese(h *hanData) table {
	t := table{
		id: "zh", name: "Chinese", languages: []string{"zh-Hans", "zh-Hant", "zh-Latn"},
		references: []string{ucd, unihan},
		description: "The characters of the Table of General Standard Chinese Characters, of GB 2312 and of Big Five, a to z and digits. " +
			"Characters that stand for each other, such as a traditional one and its simplified form, are variants of each other; " +
			"of a label, the wholly simplified and the wholly traditional form are allocatable, all others are blocked.",
		elements: basicLatin(),
		actions: []string{
			`<action disp="blocked" any-variant="blocked" comment="a variant with anything blocked in it is blocked"/>`,
			`<action disp="valid" all-variants="r-simp r-trad r-both r-neither" comment="the label as it was applied for"/>`,
			`<action disp="allocatable" all-variants="simp r-simp both r-both" comment="wholly simplified"/>`,
			`<action disp="allocatable" all-variants="trad r-trad both r-both" comment="wholly traditional"/>`,
			`<action disp="blocked" any-variant="simp trad both" comment="neither the one nor the other"/>`,
		},
	}
	members := h.sets.within(h.zh)
	for _, r := range h.zh {
		e := element{cp: r, unnamed: true}
		for _, to := range members[r] {
			e.variants = append(e.variants, variant{[]rune{to}, h.kind(r, to)})
		}
		t.elements = append(t.elements, e)
	}
	t.elements = runs(t.elements)
	return t
}

// notFirst are the signs that make no syllable of their own.
const notFirst = "ぁぃぅぇぉっゃゅょゎゝゞァィゥェォッャュョヮヵヶーヽヾ々"

// lookAlikes are pairs of two scripts that readers do not tell apart.
var lookAlikes = strings.Fields("へヘ べベ ぺペ ー一 エ工 カ力 タ夕 ト卜 ニ二 ハ八 ロ口 ヽ丶")

// japanese has the kana and the kanji of JIS X 0208. RFC 5892 appendix A.7 has the rule of the middle dot.
func japanese(h *hanData) table {
	t := table{
		id: "ja", name: "Japanese", languages: []string{"ja", "ja-Latn"}, references: []string{ucd, unihan},
		description: "Hiragana, katakana, the kanji of JIS X 0208, a to z and digits. Small kana, iteration marks and the prolonged sound mark do not begin a label; " +
			"the katakana middle dot needs kana or kanji in the label. Signs of different scripts that look alike, and kanji that stand for each other, are variants of each other and blocked.",
		elements: basicLatin(),
		rules: []string{`    <rule name="at-the-beginning" comment="small kana, iteration marks and the prolonged sound mark do not begin a label">
      <look-behind><start/></look-behind><anchor/>
    </rule>
    <union name="japanese"><class property="sc:Hira"/><class property="sc:Kana"/><class property="sc:Hani"/></union>
    <rule name="with-japanese" comment="the katakana middle dot needs hiragana, katakana or kanji in the label">
      <choice>
        <rule><look-behind><class by-ref="japanese"/><any count="0+"/></look-behind><anchor/></rule>
        <rule><anchor/><look-ahead><any count="0+"/><class by-ref="japanese"/></look-ahead></rule>
      </choice>
    </rule>`},
	}
	repertoire := []rune("々〆")
	for r := rune(0x3041); r <= 0x3093; r++ {
		repertoire = append(repertoire, r)
	}
	repertoire = append(repertoire, []rune("ゝゞ")...)
	for r := rune(0x30A1); r <= 0x30F6; r++ {
		repertoire = append(repertoire, r)
	}
	repertoire = append(repertoire, []rune("・ーヽヾ")...)
	repertoire = append(repertoire, h.ja...)
	alike := h.sets.clone()
	for _, pair := range lookAlikes {
		alike.join([]rune(pair)[0], []rune(pair)[1])
	}
	members := alike.within(repertoire)
	for _, r := range repertoire {
		e := element{cp: r, unnamed: true, variants: otherThan(r, members[r])}
		switch {
		case r == '・':
			e.when = "with-japanese"
		case strings.ContainsRune(notFirst, r):
			e.notWhen = "at-the-beginning"
		}
		t.elements = append(t.elements, e)
	}
	t.elements = runs(t.elements)
	return t
}

// korean has the syllables of modern Hangul.
func korean() table {
	return table{
		id: "ko", name: "Korean", languages: []string{"ko", "ko-Latn"}, references: []string{ucd, cldr},
		description: "The 11,172 syllables of modern Hangul, a to z and digits. There are no Hanja.",
		elements:    append(basicLatin(), element{cp: 0xAC00, last: 0xD7A3}),
	}
}

// runs puts consecutive characters of which nothing but their script is said into ranges.
func runs(list []element) []element {
	var out []element
	for _, e := range list {
		if n := len(out); n > 0 && e.plain() && out[n-1].plain() && e.follows(out[n-1]) {
			out[n-1].last = e.cp
			continue
		}
		out = append(out, e)
	}
	return out
}

func (e element) plain() bool {
	return e.unnamed && len(e.variants) == 0 && e.when == "" && e.notWhen == ""
}

func (e element) follows(before element) bool {
	return e.cp == max(before.cp, before.last)+1 && scriptTag(e.cp) == scriptTag(before.cp)
}
