package mail

import "example.org/dorado/core/registry"

// words are what texts of one language say for values that notices have as codes.
type words map[string]string

func wordsIn(l registry.Language) words {
	if l == registry.Spanish {
		return words{
			"update": "cambio", "delete": "eliminación", "delete purge": "eliminación definitiva",
			"registry": "el registro", "udrp": "UDRP ", "urs": "URS ",
			"production": "producción", "ote": "pruebas de registradores", "staging": "preparación", "dev": "desarrollo",
			"by account":  ", como está configurada su cuenta",
			"by transfer": ", porque su transferencia está pendiente y mientras tanto ningún nombre se elimina por sí solo",
			"by lock":     ", porque el registro ha puesto serverDeleteProhibited, con el que ningún nombre se elimina por sí solo",
			"domain":      "dominio", "host": "host", "contact": "contacto",
			"none": "disponible", "partial": "no disponible en parte", "full": "no disponible",
			"primary": "principal", "billing": "de facturación", "transfers": "de transferencias",
			"operator": "de operaciones", "abuse": "de abusos", "legal": "jurídica",
			"credit": "abono del registro", "debit": "cargo del registro",
			"reversal": "anulación de una anotación errónea", "waiver": "condonación de una tarifa",
			"Reinstatement": "reactivación de la cuenta", "Minimum-Registrations": "mínimo anual de registros",
			"Add-Grace-Limit":       "nombres eliminados en su período de gracia por encima del límite",
			"user password-changed": "se cambió su contraseña", "user role-changed": "se cambió su rol",
			"user handed-over": "el rol de administrador cambió de manos",
			"user app-added":   "se añadió una aplicación de autenticación", "user app-removed": "se quitó la aplicación de autenticación",
			"user passkey-added": "se añadió una llave de acceso", "user passkey-removed": "se quitó una llave de acceso",
			"user recovery-codes-made": "se hicieron códigos de recuperación nuevos",
			"user recovery-code-used":  "se usó uno de sus códigos de recuperación",
			"user factors-removed":     "se quitaron todos sus segundos factores",
		}
	}
	return words{
		"update": "change", "delete": "deletion", "delete purge": "deletion at once",
		"registry": "the registry", "udrp": "UDRP ", "urs": "URS ",
		"production": "production", "ote": "tests of registrars", "staging": "staging", "dev": "development",
		"by account":  ", as your account is set to",
		"by transfer": ", since a transfer of it is pending: until that has ended, no name lapses",
		"by lock":     ", since the registry has set serverDeleteProhibited, with which no name lapses",
		"domain":      "domain", "host": "host", "contact": "contact",
		"none": "available", "partial": "away in part", "full": "away",
		"primary": "primary", "billing": "billing", "transfers": "transfers",
		"operator": "operator", "abuse": "abuse", "legal": "legal",
		"credit": "credit by the registry", "debit": "debit by the registry",
		"reversal": "reversal of what was recorded wrong", "waiver": "waiver of a fee",
		"Reinstatement": "reinstatement of the account", "Minimum-Registrations": "minimum of registrations in a year",
		"Add-Grace-Limit":       "names deleted in their add grace period beyond the limit",
		"user password-changed": "your password was changed", "user role-changed": "your role was changed",
		"user handed-over": "the role of administrator was handed over",
		"user app-added":   "an authenticator app was added", "user app-removed": "the authenticator app was removed",
		"user passkey-added": "a passkey was added", "user passkey-removed": "a passkey was removed",
		"user recovery-codes-made": "new recovery codes were made",
		"user recovery-code-used":  "one of your recovery codes was used",
		"user factors-removed":     "all your second factors were removed",
	}
}
