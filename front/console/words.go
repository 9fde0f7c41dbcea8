package console

import (
	"fmt"
	"maps"
	"net/http"
	"time"

	"golang.org/x/text/language"

	"example.org/dorado/core/registry"
)

// words are how the console speaks to somebody: the language, and the zone in which times are told beside UTC.
type words struct {
	language string
	texts    map[string]string // by the English; nil for English itself
	place    *time.Location    // nil: UTC alone
}

// spanishParts returns the Spanish of what the parts of the console say.
func spanishParts() []map[string]string {
	return []map[string]string{
		spanishBase(),
		spanishHome(),
		spanishProblems(),
		spanishUsers(),
		spanishDomains(),
		spanishMoney(),
		spanishAccount(),
		spanishObjects(),
		spanishFiles(),
		spanishSandbox(),
		spanishSandboxMore(),
		spanishSandboxUse(),
		spanishAccreditation(),
		spanishRefusals(),
		spanishForms(),
	}
}

// spanish returns the Spanish of every text.
func spanish() map[string]string {
	all := map[string]string{}
	for _, part := range spanishParts() {
		maps.Copy(all, part)
	}
	return all
}

var (
	inEnglish = &words{language: "en"}
	inSpanish = &words{language: "es", texts: spanish()}
)

// say returns an English text in the language, with its arguments in the places of its verbs.
func (w *words) say(english string, args ...any) string {
	text := english
	if translated, ok := w.texts[english]; ok {
		text = translated
	}
	if len(args) == 0 {
		return text
	}
	return fmt.Sprintf(text, args...)
}

// text marks an English text that is said elsewhere, so that its Spanish is asked for.
func text(english string) string { return english }

// accepted returns the words for what a browser asks for.
func accepted(r *http.Request) *words {
	tags, _, err := language.ParseAcceptLanguage(r.Header.Get("Accept-Language"))
	if err != nil {
		return inEnglish
	}
	matcher := language.NewMatcher([]language.Tag{language.English, language.Spanish})
	if _, i, _ := matcher.Match(tags...); i == 1 {
		return inSpanish
	}
	return inEnglish
}

// of returns the words for a visitor, who may have chosen a language and a zone; who chose no language has that of the
// browser.
func (w *words) of(u registry.User) *words {
	chosen := *w
	switch u.Language {
	case registry.English:
		chosen = *inEnglish
	case registry.Spanish:
		chosen = *inSpanish
	}
	if u.Zone != "" && u.Zone != "UTC" {
		if place, err := time.LoadLocation(u.Zone); err == nil {
			chosen.place = place
		}
	}
	return &chosen
}
