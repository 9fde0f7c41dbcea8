package paper

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/registry"
)

// Words are what papers say in one language, and how it writes amounts, counts and dates.
type Words struct {
	language registry.Language

	to, registrar, pageOf string
	thousands, decimals   string
	day                   string // a layout of the month's name and the numbers of day and year, in that order
	days                  string // a layout of a day's number and a later Day of its month
	months                []string
	types                 map[ledger.Type]string

	invoice invoiceWords
	receipt receiptWords
}

// WordsIn returns the words of a language; English for one that no paper is written in.
func WordsIn(l registry.Language) Words {
	if l == registry.Spanish {
		return spanish()
	}
	return english()
}

// Language is the language that the words are of.
func (w Words) Language() registry.Language { return w.language }

// Amount writes money with its currency, such as "1,234.50 USD", or "1.234,50 USD" in Spanish.
func (w Words) Amount(m ledger.Money, currency string) string { return w.Money(m) + " " + currency }

// Money writes money without a currency.
func (w Words) Money(m ledger.Money) string {
	whole, cents, _ := strings.Cut(m.String(), ".")
	digits, negative := strings.CutPrefix(whole, "-")
	text := w.grouped(digits) + w.decimals + cents
	if negative {
		return "−" + text
	}
	return text
}

// Count writes a whole number that is not negative.
func (w Words) Count(n int64) string { return w.grouped(strconv.FormatInt(n, 10)) }

func (w Words) grouped(digits string) string {
	for at := len(digits) - 3; at > 0; at -= 3 {
		digits = digits[:at] + w.thousands + digits[at:]
	}
	return digits
}

// Day writes a date, such as "31 October 2026", or "31 de octubre de 2026" in Spanish.
func (w Words) Day(t time.Time) string {
	t = t.UTC()
	return fmt.Sprintf(w.day, w.months[t.Month()-1], t.Day(), t.Year())
}

// Days writes the days of one month from one to another, such as "1–31 October 2026".
func (w Words) Days(from, to time.Time) string {
	return fmt.Sprintf(w.days, from.UTC().Day(), w.Day(to))
}

// Country is the name of a country by its code of ISO 3166-1, such as "Ireland" for IE; a code that is none stays.
func (w Words) Country(code string) string {
	region, err := language.ParseRegion(code)
	if err != nil || !region.IsCountry() {
		return code
	}
	return cmp.Or(w.regions().Name(region), code)
}

// regions are the names of countries. They are made for each question, since few are asked.
func (w Words) regions() display.Namer {
	if w.language == registry.Spanish {
		return display.Spanish.Regions()
	}
	return display.English.Regions()
}

// Instant writes a date with the time of day in UTC.
func (w Words) Instant(t time.Time) string {
	return w.Day(t) + ", " + t.UTC().Format("15:04:05") + " UTC"
}

// Type says what a charge is for.
func (w Words) Type(t ledger.Type) string {
	if text, ok := w.types[t]; ok {
		return text
	}
	return string(t)
}

func (w Words) page(n, of int) string { return fmt.Sprintf(w.pageOf, n, of) }

func english() Words {
	return Words{
		language: registry.English, to: "To", registrar: "Registrar", pageOf: "Page %d of %d",
		thousands: ",", decimals: ".", day: "%[2]d %[1]s %[3]d", days: "%d–%s",
		months: strings.Fields("January February March April May June July August September October November December"),
		types: map[ledger.Type]string{
			ledger.Registration: "Registrations", ledger.Renewal: "Renewals", ledger.AutoRenewal: "Automatic renewals",
			ledger.Restore: "Restores", ledger.AddGraceLimit: "Deletes above the add-grace limit",
			ledger.Reinstatement: "Reinstatement fee", ledger.MinimumRegistrations: "Fee for too few registrations",
		},
		receipt: receiptWords{
			title: "Receipt", number: "Number", dated: "Booked", reference: "Reference", value: "Value date", payment: "Payment",
			amount: "Amount", received: "Received", balance: "Balance after it",
			notes: []string{"The payment was added to the balance of the prepaid account when it was booked. Days are those of UTC."},
		},
		invoice: invoiceWords{
			title: "Informative invoice", number: "Number", dated: "Date", period: "Period", account: "Account",
			kind: "Type", zone: "Zone", count: "Transactions", amount: "Amount (%s)", total: "Total",
			byType: "By type", byZone: "By zone",
			opening: "Balance at the beginning, %s", paid: "Payments", adjusted: "Adjustments",
			credited: "Credits and corrections", writtenOff: "Written off", waived: "Fees waived",
			charged: "This invoice",
			closing: "Balance at the end, %s",
			settled: "No payment is due: the account is prepaid, and these amounts have been taken from its balance.",
			owed: "%s are owed: these amounts have been taken from the balance of the account, which was below zero at the end " +
				"of the period. What was paid in since then counts towards it.",
			notes: []string{
				"The transactions are those whose grace period ended in the period. Days are those of UTC. " +
					"Each transaction stands in the CSV file of this invoice.",
			},
		},
	}
}

func spanish() Words {
	return Words{
		language: registry.Spanish, to: "Para", registrar: "Registrador", pageOf: "Página %d de %d",
		thousands: ".", decimals: ",", day: "%[2]d de %[1]s de %[3]d", days: "%d al %s",
		months: strings.Fields("enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre"),
		types: map[ledger.Type]string{
			ledger.Registration: "Registros", ledger.Renewal: "Renovaciones", ledger.AutoRenewal: "Renovaciones automáticas",
			ledger.Restore: "Restauraciones", ledger.AddGraceLimit: "Eliminaciones sobre el límite de gracia",
			ledger.Reinstatement: "Cargo por reactivación", ledger.MinimumRegistrations: "Cargo por pocos registros",
		},
		receipt: receiptWords{
			title: "Recibo", number: "Número", dated: "Asentado", reference: "Referencia", value: "Fecha valor", payment: "Pago",
			amount: "Importe", received: "Recibido", balance: "Saldo resultante",
			notes: []string{"El pago se sumó al saldo de la cuenta de prepago al asentarse. Los días son los de UTC."},
		},
		invoice: invoiceWords{
			title: "Factura informativa", number: "Número", dated: "Fecha", period: "Período", account: "Cuenta",
			kind: "Tipo", zone: "Zona", count: "Transacciones", amount: "Importe (%s)", total: "Total",
			byType: "Por tipo", byZone: "Por zona",
			opening: "Saldo al comienzo, %s", paid: "Pagos", adjusted: "Ajustes",
			credited: "Abonos y correcciones", writtenOff: "Deuda dada de baja", waived: "Cargos condonados",
			charged: "Esta factura",
			closing: "Saldo al final, %s",
			settled: "No hay nada que pagar: la cuenta es de prepago y estos importes ya se han descontado de su saldo.",
			owed: "Se adeudan %s: estos importes se han descontado del saldo de la cuenta, que al final del período era negativo. " +
				"Lo que se haya pagado desde entonces se imputa a esa deuda.",
			notes: []string{
				"Las transacciones son aquellas cuyo período de gracia terminó en el período. Los días son los de UTC. " +
					"Cada transacción figura en el archivo CSV de esta factura.",
			},
		},
	}
}
