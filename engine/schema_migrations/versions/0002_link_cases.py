"""link cases."""

import sqlalchemy as sa
from alembic import op

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('case_link',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('board_id', sa.Uuid(), nullable=False),
    sa.Column('case_id', sa.Uuid(), nullable=False),
    sa.Column('linked_id', sa.Uuid(), nullable=False),
    sa.Column('relation', sa.Text(), nullable=False, comment='escalation: a concern sent up or down; hand_over: to the Board that leads'),
    sa.Column('direction', sa.Text(), nullable=False, comment='to: the other was opened from this case; from: this one from the other'),
    sa.Column('linked_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("direction in ('to', 'from')", name=op.f('ck_case_link_direction')),
    sa.CheckConstraint("relation in ('escalation', 'hand_over')", name=op.f('ck_case_link_relation')),
    sa.ForeignKeyConstraint(['board_id'], ['board.id'], name=op.f('fk_case_link_board_id_board')),
    sa.ForeignKeyConstraint(['case_id'], ['case.id'], name=op.f('fk_case_link_case_id_case')),
    sa.ForeignKeyConstraint(['linked_id'], ['case.id'], name=op.f('fk_case_link_linked_id_case')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_case_link')),
    sa.UniqueConstraint('case_id', 'linked_id', name=op.f('uq_case_link_case_id_linked_id'))
    )


def downgrade() -> None:
    op.drop_table('case_link')
