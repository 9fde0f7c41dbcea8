package console

// spanishBase returns the Spanish of what every page has.
func spanishBase() map[string]string {
	return map[string]string{
		"Registrar console":                   "Consola del registrador",
		"To the content":                      "Ir al contenido",
		"Menu":                                "Menú",
		"Close the menu":                      "Cerrar el menú",
		"Find a name, contact or name server": "Buscar un nombre, contacto o servidor",
		"Profile and security":                "Perfil y seguridad",
		"Sign out":                            "Cerrar sesión",
		"Registry time":                       "Hora del registro",
		"Administrator":                       "Administrador",
		"Manager":                             "Gerente",
		"Domain administrator":                "Administrador de dominios",
		"Finance administrator":               "Administrador financiero",
		"Pages":                               "Páginas",
		"To the start":                        "Al principio",
		"Next page":                           "Página siguiente",
		"To the overview":                     "Ir al resumen",
		"Overview":                            "Resumen",
		"Names":                               "Nombres",
		"Domains":                             "Dominios",
		"Transfers":                           "Transferencias",
		"Contacts":                            "Contactos",
		"Name servers":                        "Servidores de nombres",
		"Bulk actions":                        "Acciones masivas",
		"Messages":                            "Mensajes",
		"Money":                               "Dinero",
		"Billing":                             "Facturación",
		"Prices":                              "Precios",
		"Tools":                               "Herramientas",
		"Files":                               "Archivos",
		"Transaction log":                     "Registro de transacciones",
		"Frame check":                         "Revisar tramas",
		"Test environment":                    "Entorno de pruebas",
		"Registrar":                           "Registrador",
		"Account":                             "Cuenta",
		"Access":                              "Accesos",
		"Users":                               "Usuarios",
	}
}

// spanishProblems returns the Spanish of what stands on the page of a problem.
func spanishProblems() map[string]string {
	return map[string]string{
		"Your role does not include this page":                                   "Su rol no incluye esta página",
		"Your administrator decides who may do what.":                            "Su administrador decide quién puede hacer qué.",
		"There is nothing here":                                                  "Aquí no hay nada",
		"What you look for is not there, or belongs to another registrar.":       "Lo que busca no existe, o pertenece a otro registrador.",
		"This form was not sent from your session":                               "Este formulario no se envió desde su sesión",
		"Nothing was changed. Open the page again and send the form from there.": "No se cambió nada. Abra la página de nuevo y envíe el formulario desde allí.",
		"This form is too long":                                                  "Este formulario es demasiado largo",
		"Nothing was changed. Send less at once.":                                "No se cambió nada. Envíe menos a la vez.",
		"This form cannot be read":                                               "Este formulario no se puede leer",
		"Nothing was changed.":                                                   "No se cambió nada.",
		"The registry cannot be reached for a moment":                            "El registro no está disponible por un momento",
		"Try again in ten seconds.":                                              "Inténtelo de nuevo en diez segundos.",
		"Something is wrong on our side":                                         "Hay un problema de nuestro lado",
		"It was noted under %s. What you did may have been done or not: look before you do it again.": "Quedó anotado con el número %s. Lo que hizo puede haberse realizado o no: compruébelo antes de repetirlo.",
		"This was refused, and nothing was changed":                                                   "Se rechazó, y no se cambió nada",
	}
}
