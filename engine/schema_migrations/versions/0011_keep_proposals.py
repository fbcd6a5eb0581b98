"""keep proposals."""

import sqlalchemy as sa
from alembic import op

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('proposal',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('board_id', sa.Uuid(), nullable=False),
    sa.Column('case_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False, comment='1, 2, ... within the case'),
    sa.Column('act', sa.Text(), nullable=False, comment='an act of corrections, or amend'),
    sa.Column('document_id', sa.Uuid(), nullable=True, comment='of amend: the document'),
    sa.Column('content', sa.LargeBinary(), nullable=False, comment='{step, item} or {sections, posted}; reason; fingerprint: what it would do'),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('proposed_by', sa.Uuid(), nullable=False),
    sa.Column('proposed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('decided_by', sa.Uuid(), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('answer', sa.LargeBinary(), nullable=True, comment='why it was refused or taken back'),
    sa.CheckConstraint("state in ('waiting', 'confirmed', 'refused', 'taken_back')", name=op.f('ck_proposal_state')),
    sa.ForeignKeyConstraint(['board_id'], ['board.id'], name=op.f('fk_proposal_board_id_board')),
    sa.ForeignKeyConstraint(['case_id'], ['case.id'], name=op.f('fk_proposal_case_id_case')),
    sa.ForeignKeyConstraint(['decided_by'], ['account.id'], name=op.f('fk_proposal_decided_by_account')),
    sa.ForeignKeyConstraint(['document_id'], ['document.id'], name=op.f('fk_proposal_document_id_document')),
    sa.ForeignKeyConstraint(['proposed_by'], ['account.id'], name=op.f('fk_proposal_proposed_by_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_proposal')),
    sa.UniqueConstraint('case_id', 'number', name=op.f('uq_proposal_case_id_number'))
    )
    op.create_index('ix_proposal_state', 'proposal', ['state', 'case_id'], unique=False)


def downgrade() -> None:
    op.drop_index('ix_proposal_state', table_name='proposal')
    op.drop_table('proposal')
