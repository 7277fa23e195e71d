import { art15Pontos, art15Professor } from './art15'
import { art16IdadeProgressiva, art16Professor } from './art16'
import { art17Pedagio50 } from './art17'
import { art18Idade } from './art18'
import { art19Especial, art19Professor, art19Programada } from './art19'
import { art20Pedagio100, art20Professor } from './art20'
import { art21Especial } from './art21'
import {
  direitoAdquiridoEspecial,
  direitoAdquiridoIdade,
  direitoAdquiridoProporcional,
  direitoAdquiridoTc,
  direitoAdquiridoTc8595,
} from './direito-adquirido'
import { lc142Idade, lc142Tempo } from './lc142'
import type { Rule } from './rule'
import { hibrida, ruralIdade } from './rural'

/** Every rule, in the order they are answered. */
export const rules: Rule[] = [
  direitoAdquiridoTc,
  direitoAdquiridoTc8595,
  direitoAdquiridoIdade,
  direitoAdquiridoProporcional,
  direitoAdquiridoEspecial,
  art15Pontos,
  art15Professor,
  art16IdadeProgressiva,
  art16Professor,
  art17Pedagio50,
  art18Idade,
  art19Programada,
  art19Professor,
  ...art19Especial,
  art20Pedagio100,
  art20Professor,
  ...art21Especial,
  ...lc142Tempo,
  lc142Idade,
  ruralIdade,
  hibrida,
]
