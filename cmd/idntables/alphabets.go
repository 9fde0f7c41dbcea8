package main

import "slices"

// cldr is where what a language writes can be looked up.
const cldr = "Unicode CLDR, exemplar characters of the language, https://cldr.unicode.org"

// ucd is where properties and names are from.
const ucd = "Unicode Character Database"

// alphabets returns the tables of scripts that have few letters.
func alphabets() []table {
	return []table{
		latin("es", "Spanish", "áéíñóúü",
			"The letters of the Spanish alphabet: a to z, n with tilde, the vowels with acute accent, u with diaeresis."),
		latin("pt", "Portuguese", "àáâãçéêíóôõúü",
			"The letters of the Portuguese alphabet with the accents of the orthographies of Portugal and Brazil, u with diaeresis among them, which names written before 2009 have."),
		latin("fr", "French", "àâæçèéêëîïôùûüÿœ",
			"The letters of the French alphabet with their accents, c with cedilla, and the ligatures ae and oe. A letter with an accent and one without are different letters here: neither blocks the other."),
		catalan(), german(),
		latin("da", "Danish", "äåæéöøü",
			"The letters of the Danish alphabet, e with acute accent, and the letters of the neighbours' alphabets that Danish names have."),
		latin("no", "Norwegian", "àäåæèéêòóôöøü",
			"The letters of the Norwegian alphabet, the accents that the Norwegian orthography has, and the letters of the neighbours' alphabets that Norwegian names have. It serves Bokmål and Nynorsk."),
		latin("sv", "Swedish", "àäåéöü",
			"The letters of the Swedish alphabet, e with acute accent, a with grave accent, and u with diaeresis, which Swedish names have."),
		latin("pl", "Polish", "óąćęłńśźż", "The letters of the Polish alphabet."),
		russian(), greek(), hebrew(), arabic(),
	}
}

func latin(id, name, letters, description string) table {
	return table{
		id: id, name: name, languages: []string{id}, description: description, references: []string{ucd, cldr},
		elements: append(basicLatin(), singles(letters)...),
	}
}

// catalan has the middle dot in the one place where IDNA2008 allows it: between two l. RFC 5892 appendix A.3.
func catalan() table {
	t := latin("ca", "Catalan", "àçèéíïòóúü",
		"The letters of the Catalan alphabet with their accents, and the middle dot between two l.")
	t.elements = append(t.elements, element{sequence: []rune("l·l")})
	return t
}

// german has the sharp s. Programs that follow IDNA2003 still look up "ss" for it, so the two must not have
// two holders. RFC 5894 section 7.2.
func german() table {
	t := latin("de", "German", "äöü",
		"The letters of the German alphabet with the sharp s. The sharp s and ss are variants of each other, since programs that follow IDNA2003 take the one for the other.")
	t.elements = append(t.elements,
		element{sequence: []rune("ss"), variants: []variant{{[]rune("ß"), "blocked"}}},
		element{cp: 'ß', variants: []variant{{[]rune("ss"), "allocatable"}, {[]rune("ß"), "r-sharp-s"}}})
	t.actions = []string{
		`<action disp="blocked" any-variant="blocked" comment="a label with a sharp s where there was ss is blocked"/>`,
		`<action disp="valid" all-variants="r-sharp-s" comment="a label with its sharp s as it was applied for"/>`,
		`<action disp="allocatable" all-variants="allocatable" comment="the label with ss for every sharp s"/>`,
		`<action disp="blocked" any-variant="allocatable" comment="ss for some of them only"/>`,
	}
	return t
}

func russian() table {
	return table{
		id: "ru", name: "Russian", languages: []string{"ru-Cyrl"}, references: []string{ucd, cldr},
		description: "The letters of the Russian alphabet. There are no Latin letters: many of them look like Cyrillic ones.",
		elements:    append(hyphenAndDigits(), singles("абвгдежзийклмнопрстуфхцчшщъыьэюяё")...),
	}
}

// greek knows two kinds of variants: letters with tonos or dialytika and those without, which upper case does
// not tell apart, and the two forms of sigma, of which IDNA2003 knew one.
func greek() table {
	t := table{
		id: "el", name: "Greek", languages: []string{"el"}, references: []string{ucd, cldr},
		description: "The letters of the modern Greek alphabet in monotonic orthography. A final sigma stands at the end of a word. A letter with tonos or dialytika and one without are variants of each other, as are the two forms of sigma. There are no Latin letters.",
		elements:    hyphenAndDigits(),
		rules: []string{`    <rule name="inside-a-word" comment="a final sigma stands at the end of a word, not before a letter">
      <anchor/><look-ahead><class property="sc:Grek"/></look-ahead>
    </rule>`},
	}
	groups := map[rune]string{'α': "ά", 'ε': "έ", 'η': "ή", 'ι': "ίϊΐ", 'ο': "ό", 'υ': "ύϋΰ", 'ω': "ώ", 'σ': "ς"}
	for _, r := range "ΐάέήίΰαβγδεζηθικλμνξοπρςστυφχψωϊϋόύώ" {
		e := element{cp: r}
		for base, others := range groups {
			if set := []rune(string(base) + others); slices.Contains(set, r) {
				e.variants = otherThan(r, set)
			}
		}
		if r == 'ς' {
			e.notWhen = "inside-a-word"
		}
		t.elements = append(t.elements, e)
	}
	return t
}

// otherThan are the variants of a letter whose set is blocked as a whole.
func otherThan(r rune, set []rune) []variant {
	var list []variant
	for _, other := range set {
		if other != r {
			list = append(list, variant{[]rune{other}, "blocked"})
		}
	}
	return list
}

// hebrew has geresh and gershayim, which stand behind a letter. RFC 5892 appendix A.5 and A.6.
func hebrew() table {
	t := table{
		id: "he", name: "Hebrew", languages: []string{"he"}, references: []string{ucd, cldr},
		description: "The letters of the Hebrew alphabet with the five final forms, and geresh and gershayim behind a letter. There are no points and no Latin letters.",
		elements:    append(hyphenAndDigits(), singles("אבגדהוזחטיךכלםמןנסעףפץצקרשת")...),
		rules: []string{`    <rule name="behind-a-letter" comment="geresh and gershayim stand behind a Hebrew letter">
      <look-behind><class property="sc:Hebr"/></look-behind><anchor/>
    </rule>`},
	}
	t.elements = append(t.elements, element{cp: 0x05F3, when: "behind-a-letter"}, element{cp: 0x05F4, when: "behind-a-letter"})
	return t
}

// arabic has two sets of digits, which are not mixed and are variants of each other, and two letters that many
// write for one another at the end of a word.
func arabic() table {
	t := table{
		id: "ar", name: "Arabic", languages: []string{"ar"}, references: []string{ucd, cldr},
		description: "The letters of the Arabic alphabet without vowel signs and tatweel, European and Arabic-Indic digits, which do not mix and are variants of each other. Yeh and alef maksura are variants of each other. There are no Latin letters.",
		elements:    []element{{cp: '-', notWhen: "misplaced-hyphen"}},
		rules: []string{`    <class name="european-digit">0030-0039</class>
    <class name="arabic-indic-digit">0660-0669</class>
    <rule name="mixed-digits" comment="European and Arabic-Indic digits do not stand in one label">
      <choice>
        <rule><class by-ref="european-digit"/><any count="0+"/><class by-ref="arabic-indic-digit"/></rule>
        <rule><class by-ref="arabic-indic-digit"/><any count="0+"/><class by-ref="european-digit"/></rule>
      </choice>
    </rule>`},
		actions: []string{`<action disp="invalid" match="mixed-digits" comment="European and Arabic-Indic digits do not stand in one label"/>`},
	}
	for i := range rune(10) {
		t.elements = append(t.elements, element{cp: '0' + i, variants: otherThan('0'+i, []rune{'0' + i, 0x0660 + i})})
	}
	for _, r := range "ءآأؤإئابةتثجحخدذرزسشصضطظعغفقكلمنهوىي" {
		e := element{cp: r}
		if r == 'ى' || r == 'ي' {
			e.variants = otherThan(r, []rune("ىي"))
		}
		t.elements = append(t.elements, e)
	}
	for i := range rune(10) {
		t.elements = append(t.elements, element{cp: 0x0660 + i, variants: otherThan(0x0660+i, []rune{'0' + i, 0x0660 + i})})
	}
	return t
}
